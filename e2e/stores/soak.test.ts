import { describe, expect, it } from 'vitest';
import type { Bug, StoreName } from '../soak/job.js';
import { clock } from '../soak/journal.js';
import { judge } from '../soak/judge.js';
import { brokenPromise } from '../soak/promises.js';
import { run } from '../soak/run.js';
import type { SessionEvent, SessionLife } from '../soak/session-events.js';
import { soakShortly } from './soak.kit.js';

/** SQLite has its own file, for Node 22. */
const stores = ['memory', 'redis', 'redis-cluster', 'redis-sentinel', 'postgresql', 'mariadb'] as const;

describe('a short soak', () => {
  it.concurrent.each(stores)('on %s: no session breaks a promise', soakShortly);
});

/** With what the soak says of each. In one process the library itself keeps the writers of a session apart. */
const bugs: readonly (readonly [bug: Bug, store: StoreName, found: string])[] = [
  ['acknowledges a write that it loses', 'memory', 'of two changes of the same value, one fails'],
  ['swaps whatever the version is', 'redis', 'of two changes of the same value, one fails'],
  ['brings back what was destroyed', 'memory', 'a session that has ended does not come back'],
  ['reads what was there before', 'memory', 'what was acknowledged is seen by all'],
];

describe('the soak finds a store that', () => {
  it.each(bugs)('%s (%s)', async (bug, store, found) => {
    const ran = await run({ store, bug, seed: 'bug', operations: 2000, faults: 0, until: clock() + 60_000 });
    expect(judge(ran).failures.join('\n')).toContain(found);
  });
});

it('a value is fresh that was written at the edge of a failover, and is the first that is seen after it', () => {
  const value = { tag: 'p1/1', n: 2 };
  const event = (calledAt: number, returnedAt: number, effect: SessionEvent['effect'], isKnown = true) => ({
    client: 'p1.0',
    calledAt,
    returnedAt,
    isKnown,
    effect,
  });
  const events: SessionEvent[] = [
    event(20, 22, { is: 'begin', value }),
    event(0, 10, { is: 'swap', from: { tag: 'p1/0', n: 1 }, to: value }, false),
    event(30, 32, { is: 'read', saw: value }),
  ];
  const life: SessionLife = { name: 's', isBrief: false, user: null, before: null, events };
  expect(brokenPromise(events, life)).toBeNull();
});
