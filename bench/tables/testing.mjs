// What tests cost: a tester and its scope, and having a browser signed in.
import nextAppSession from 'next-app-session';
import { createSessionTester, forEachInterleaving } from 'next-app-session/testing';
import { inTurns, median, range } from '../statistics.mjs';
import { timeSeeding } from './seeding.mjs';

// In each order, two handlers with six store calls in all.
const ORDERS = 26;

const ROUNDS = 15;
const TIMES = 500;

export default async function testing() {
  return {
    title: 'Testing',
    about:
      'In ms. A tester runs a handler inside Next’s own request scope; the fixture signs a browser in through the ' +
      'control server of a real `next start`, against filling in the example’s sign-in page.',
    sections: [
      section('A session tester', await timeTester(), 3),
      section(`Two handlers in ${ORDERS} orders`, await timeInterleavings(), 1),
      section('A browser, signed in', await timeSeeding(), 1),
    ],
  };
}

function section(title, results, digits) {
  const row = ([what, times]) => [what, median(times).toFixed(digits), range(times, digits)];
  return { title, columns: ['', 'ms', 'range'], rows: [...results].map(row) };
}

function timeInterleavings() {
  const session = nextAppSession({ secret: 'a secret of the benchmark' });
  const handler = async () => {
    await session().get('n');
    await session().set('a', 1);
    await session().set('b', 1);
  };
  const act = (t) => t.action(handler);
  return inTurns(['all orders'], ROUNDS, async () => {
    const start = performance.now();
    const { orders } = await forEachInterleaving(session, { data: { n: 1 } }, [act, act], () => {});
    if (orders !== ORDERS) throw new Error(`${orders} orders ran in place of ${ORDERS}.`);
    return performance.now() - start;
  });
}

function timeTester() {
  const session = nextAppSession({ secret: 'a secret of the benchmark' });
  const read = () => session().get('n');
  const kept = createSessionTester(session, { data: { n: 1 } });
  const works = {
    'make one': () => createSessionTester(session, { data: { n: 1 } }).read(),
    'make one, enter, read': () => createSessionTester(session, { data: { n: 1 } }).component(read),
    'enter and read': () => kept.component(read),
  };
  return inTurns(Object.keys(works), ROUNDS, async (what) => {
    const start = performance.now();
    for (let n = 0; n < TIMES; n++) await works[what]();
    return (performance.now() - start) / TIMES;
  });
}
