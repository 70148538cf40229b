// What a session tester costs: making one with a session, and entering Next's request scope to read it.
// Run: npm run build && node bench/tester.mjs
import nextAppSession from 'next-app-session';
import { createSessionTester } from 'next-app-session/testing';

const ROUNDS = 15;
const TIMES = 500;
const session = nextAppSession({ secret: 'a secret of the benchmark' });
const read = () => session().get('n');

const results = { 'make one': [], 'make one, enter, read': [], 'enter and read': [] };
const kept = createSessionTester(session, { data: { n: 1 } });
for (let round = 0; round < ROUNDS; round++) {
  await time('make one', () => createSessionTester(session, { data: { n: 1 } }).read());
  await time('make one, enter, read', () => createSessionTester(session, { data: { n: 1 } }).component(read));
  await time('enter and read', () => kept.component(read));
}
console.table(
  Object.entries(results).map(([what, times]) => {
    const sorted = times.toSorted((a, b) => a - b);
    return {
      what,
      'ms, median': ms(sorted[ROUNDS >> 1]),
      'ms, range': `${ms(sorted[0])}–${ms(sorted.at(-1))}`,
    };
  }),
);

async function time(what, work) {
  const start = performance.now();
  for (let n = 0; n < TIMES; n++) await work();
  results[what].push((performance.now() - start) / TIMES);
}

function ms(value) {
  return value.toFixed(3);
}
