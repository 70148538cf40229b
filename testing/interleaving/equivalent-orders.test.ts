import { afterEach, describe, expect, it, vi } from 'vitest';
import nextAppSession from '../../src/index.js';
import { createSessionTester } from '../tester/create-session-tester.js';
import type { SessionTester } from '../tester/session-tester.js';
import { Accesses } from './accesses.js';
import { forEachInterleaving } from './for-each-interleaving.js';

interface Data {
  userId: string;
  n: number;
}

const session = nextAppSession<Data>({
  name: 'equivalent',
  secret: 'a secret that is long enough to be one',
  user: (data) => data.userId,
});
const ada = { userId: 'ada', n: 1 };

type Handler = (t: SessionTester<Data>) => unknown;

const act =
  (code: () => unknown): Handler =>
  async (t) =>
    (await t.action(code)).result ?? null;
const read = act(() => session().get('n'));
const add = act(() => session().update((data) => ({ ...data, n: (data.n ?? 0) + 1 })));
const seed: Handler = (t) => t.seed({ n: 9 });
const expire: Handler = (t) => t.advance({ days: 2 });
const revokeAll: Handler = (t) => t.user('ada').revokeAll();
const readElsewhere: Handler = (t) => read(createSessionTester(session, { store: t.store, data: ada }));

/** Returns what the handlers and a reader see at the end, of all orders that run. */
async function outcomesOf(data: Partial<Data> | undefined, handlers: readonly Handler[]): Promise<string[]> {
  const outcomes = new Set<string>();
  const settled = handlers.map(
    (handler): Handler =>
      async (t) => {
        try {
          return await handler(t);
        } catch (error) {
          return (error as { code?: string }).code;
        }
      },
  );
  const { isComplete } = await forEachInterleaving(session, { data }, settled, async (t, results) => {
    const sessions = await t.user('ada').list();
    outcomes.add(JSON.stringify([results, await t.read(), sessions.length]));
  });
  expect(isComplete).toBe(true);
  return [...outcomes].sort();
}

afterEach(() => void vi.restoreAllMocks());

describe('leaving out equivalent orders loses no outcome of', () => {
  it.each<[string, Partial<Data> | undefined, Handler[]]>([
    ['a revocation and a session that is being made', undefined, [readElsewhere, revokeAll]],
    ['a seed of another tab, and a request that follows its cookie', undefined, [seed, read]],
    ['the end of the session and a write', { n: 1 }, [expire, add]],
    ['two sessions that begin at once', undefined, [add, add]],
  ])('%s', async (_, data, handlers) => {
    const found = await outcomesOf(data, handlers);
    // As if each step depended on each other one: all orders run.
    vi.spyOn(Accesses.prototype, 'dependsOn').mockReturnValue(true);
    expect(found).toEqual(await outcomesOf(data, handlers));
  });
});
