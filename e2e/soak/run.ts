import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundle } from './bundle.mjs';
import { Crew } from './crew.js';
import type { AppKind, Bug, StoreName } from './job.js';
import { clock, type Line } from './journal.js';
import { places } from './places.js';
import { Random } from './random.js';

export interface RunOptions {
  readonly store: StoreName;
  readonly seed: string;
  /** How many operations there are at least. */
  readonly operations: number;
  /** How many faults there are. They come one after another, spread over the operations. */
  readonly faults: number;
  /** When the run ends at the latest, on the clock of journals. */
  readonly until: number;
  readonly bug?: Bug;
}

/** A fault, when it began and when all was well again. */
export interface Past {
  readonly name: string;
  readonly mayLose: boolean;
  readonly from: number;
  readonly to: number;
}

export interface Run {
  readonly store: StoreName;
  readonly app: AppKind;
  readonly journals: readonly (readonly Line[])[];
  readonly faults: readonly Past[];
  readonly seconds: number;
}

const POLL_MS = 20;

/** Runs one store until the operations are done, and all faults are over: the processes go on until then. */
export async function run(options: RunOptions): Promise<Run> {
  const { store, seed, operations, until } = options;
  const folder = mkdtempSync(join(tmpdir(), 'soak-'));
  const appRandom = new Random(`${seed} ${store} app`);
  const app = { hasGrace: appRandom.next() < 0.5, isSealed: appRandom.next() < 0.3 };
  const programs = await bundle('process');
  const place = await places[store]();
  const crew = new Crew(place, {
    seed: `${seed} ${store}`,
    app,
    program: join(programs, 'process.mjs'),
    folder,
    ...(options.bug && { bug: options.bug }),
  });
  try {
    const startedAt = clock();
    await crew.start();
    const faults: Past[] = [];
    const random = new Random(`${seed} ${store} faults`);
    const kinds = shuffled([...place.faults, ...crew.faults], random);
    const isLate = () => clock() > until;
    for (let nth = 0; nth < options.faults && !isLate(); nth++) {
      const at = ((nth + 0.2 + 0.6 * random.next()) / options.faults) * operations;
      while (crew.done < at && !isLate()) await sleep(POLL_MS);
      const fault = kinds[nth % kinds.length];
      if (!fault) break;
      const from = clock();
      await fault.run(random);
      faults.push({ name: fault.name, mayLose: fault.mayLose, from, to: clock() });
    }
    while (crew.done < operations && !isLate()) await sleep(POLL_MS);
    const journals = await crew.end();
    const planned = faults.filter(({ mayLose }) => mayLose).length;
    // Nobody knows when: all of the run may have lost something.
    if (place.failovers && (await place.failovers()) !== planned) {
      faults.push({ name: 'failover: unplanned', mayLose: true, from: startedAt, to: clock() });
    }
    return { store, app, journals, faults, seconds: (clock() - startedAt) / 1000 };
  } finally {
    await crew.kill();
    await place.stop();
    for (const own of [folder, programs]) rmSync(own, { recursive: true, force: true });
  }
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items
    .map((item) => ({ item, at: random.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
