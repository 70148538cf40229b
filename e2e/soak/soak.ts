// `npm run soak`: random operations on sessions, by several processes on real servers with faults.
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { clock } from './journal.js';
import { judge } from './judge.js';
import { roundsOf, STORES } from './plan.js';
import { writeResults } from './results.js';
import { run } from './run.js';
import { Tally } from './tally.js';

const { values } = parseArgs({
  options: {
    operations: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: randomBytes(4).toString('hex') },
    store: { type: 'string', multiple: true, default: [...STORES] },
    minutes: { type: 'string' },
    results: { type: 'boolean', default: false },
  },
});
const unknown = values.store.filter((name) => !STORES.some((store) => store === name));
const operations = Number(values.operations);
const minutes = Number(values.minutes ?? Number.POSITIVE_INFINITY);
if (unknown.length > 0) stop(`No such store: ${unknown.join(', ')}. Stores: ${STORES.join(', ')}.`);
if (!(operations >= 1)) stop('--operations is a number, such as 10000.');
if (!(minutes > 0)) stop('--minutes is a number, such as 10.');

const stores = STORES.filter((store) => values.store.includes(store));
const until = clock() + minutes * 60_000;
const rounds = roundsOf(values.seed, operations, stores);
const tallies = new Map(stores.map((store) => [store, new Tally(store)]));
console.log(`Seed ${values.seed}: ${operations.toLocaleString('en')} operations on ${stores.join(', ')}.`);

for (const [index, round] of rounds.entries()) {
  if (clock() > until) break;
  const ran = await run({ ...round, until });
  const verdict = judge(ran);
  const tally = tallies.get(round.store);
  tally?.add(ran, verdict);
  const faults = ran.faults.map(({ name }) => name).join(', ');
  console.log(
    `${index + 1}/${rounds.length} ${round.store}: ${verdict.sessions} sessions in ${Math.round(ran.seconds)} s, ` +
      `${verdict.failures.length} broken, ${verdict.losses} lost by a failover. Faults: ${faults || 'none'}.`,
  );
  for (const failure of verdict.failures) console.error(`\n${failure}\nSeed ${round.seed}\n`);
}

const all = [...tallies.values()].filter((tally) => tally.operations > 0);
console.table(
  all.map(({ row }) => Object.fromEntries(row.map((cell, n) => [Tally.columns[n] || 'store', cell]))),
);
const broken = all.filter(({ failures }) => failures.length > 0);
if (values.results) writeResults(values.seed, all);
if (broken.length > 0) {
  console.error(
    `Broken on ${broken.map(({ store }) => store).join(', ')}. The same plan again: npm run soak -- ` +
      `--seed ${values.seed} --operations ${operations}. What happens at the same moment differs from run to run.`,
  );
}
process.exitCode = broken.length > 0 ? 1 : 0;

function stop(message: string): never {
  console.error(message);
  process.exit(1);
}
