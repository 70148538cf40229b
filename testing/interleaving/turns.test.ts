import { expect, it } from 'vitest';
import { InterleavedProcess, type StepCall } from './interleaved-process.js';
import { Turns } from './turns.js';

const reads: StepCall = {
  run: () => {},
  use: (accesses) => accesses.read('record'),
  words: () => 'read',
  reads: 'record',
};
const writes = (name: string): StepCall => ({
  run: () => {},
  use: (accesses) => accesses.write(name),
  words: () => 'wrote',
});

it.each([
  ['the record was written', 'record', 'ab'],
  ['the clock was moved', 'clock', 'ab'],
  ['nothing of that happened', 'another record', 'b'],
])('a process that has paused reads again when %s', async (_, written, possibleAfter) => {
  const [a, b] = [new InterleavedProcess('a'), new InterleavedProcess('b')] as const;
  const ends = [
    a.handle(async () => {
      await a.step(reads);
      await a.pause(10);
      await a.step(reads);
    }),
    b.handle(async () => {
      await b.step(writes(written));
      await b.step(writes('another record'));
    }),
  ];
  const order = ['a', 'b', 'a', 'b'];
  const possible: string[] = [];
  await new Turns([a, b], false, new Set()).run({
    choose: (choices) => {
      possible.push(choices.join(''));
      return order.shift() ?? (choices[0] as string);
    },
    took: () => {},
  });
  await Promise.all(ends);
  expect(possible.slice(2, 5)).toEqual(['ab', 'b', possibleAfter]);
});
