import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import type { StoreName } from '../soak/job.js';
import { clock } from '../soak/journal.js';
import { judge } from '../soak/judge.js';
import { run } from '../soak/run.js';

const OPERATIONS = 1500;
const FAULTS = 2;
/** Far more than it takes on a slow machine. */
const LIMIT_MS = 120_000;

/** Runs some operations and faults on a store. The plan is another one each time: a failure names its seed. */
export async function soakShortly(store: StoreName): Promise<void> {
  const seed = randomBytes(4).toString('hex');
  const again = `npm run soak -- --store ${store} --seed ${seed}`;
  const ran = await run({ store, seed, operations: OPERATIONS, faults: FAULTS, until: clock() + LIMIT_MS });
  const { failures, sessions } = judge(ran);
  expect(failures, again).toEqual([]);
  expect(sessions, again).toBeGreaterThan(20);
  expect(ran.journals.flat().filter(({ is }) => is === 'call').length).toBeGreaterThanOrEqual(OPERATIONS);
  expect(ran.faults.length, again).toBeGreaterThanOrEqual(FAULTS);
}
