import { createElement } from 'react';
import { expect, it } from 'vitest';
import nextAppSession from '../../src/index.js';
import { createSessionTester } from '../index.js';

const session = nextAppSession<{ n: number }>({ secret: 'a secret of this test' });
const TIMES = 50;

/** Returns the best of some rounds, in ms of the processor for one call: what else the machine does hardly counts. */
async function bestOf(code: () => Promise<unknown>): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 12; round++) {
    const start = process.cpuUsage();
    for (let n = 0; n < TIMES; n++) await code();
    const { user, system } = process.cpuUsage(start);
    best = Math.min(best, (user + system) / 1000 / TIMES);
  }
  return best;
}

// bench/tables/testing.mjs measures the same for the docs.
it('a tester, its scope and one read take less than 1 ms', async () => {
  const read = () => session().get('n');
  const ms = await bestOf(() => createSessionTester(session, { data: { n: 1 } }).component(read));
  expect(ms).toBeLessThan(1);
});

it('a page that reads is rendered in less than 2 ms', async () => {
  const Page = async () => createElement('p', null, await session().get('n'));
  const render = () => createSessionTester(session, { data: { n: 1 } }).render(createElement(Page));
  const ms = await bestOf(render);
  expect(ms).toBeLessThan(2);
});
