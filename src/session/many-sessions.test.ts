import { expect, it } from 'vitest';
import { hashSessionId } from '../record/session-id.js';
import { callOptions, type SessionRecord } from '../store-contract/store.js';
import { NextScope } from '../test-kits/next-scope.js';
import { ADA, DAY, setUp, startClock } from '../test-kits/user-sessions.js';
import type { UserSessionPage } from './user-sessions.js';

startClock();

/** The part of a record that claims an entry of the index, for another entry. */
function claimOf(record: SessionRecord | null, entry: string): unknown {
  const meta = (record?.__session ?? []) as unknown[];
  const rest = meta.at(-1) as { users: [user: string, until: number][] };
  return [...meta.slice(0, -1), { ...rest, users: rest.users.map(([user, until]) => [user, until, entry]) }];
}

it('list and revokeOthers work for a user with 10,000 sessions', async () => {
  const { session, ada, store, signIn } = setUp();
  const last = await signIn('ada', 'last');
  const id = (await last.visit((own) => own().id())).result ?? '';
  const record = await store.memory.get(hashSessionId(id));
  for (let n = 0; n < 10_000; n++) {
    const entry = { entry: `entry-${n}`, key: `id-${n}`, until: Date.now() + DAY };
    await store.memory.users.add(ADA, entry, callOptions());
    await store.memory.set(`id-${n}`, { ...record, __session: claimOf(record, `entry-${n}`) });
  }
  const pages: UserSessionPage[] = [];
  do pages.push(await ada.list({ limit: 1000, cursor: pages.at(-1)?.cursor }));
  while (pages.at(-1)?.cursor !== null);
  expect(new Set(pages.flat().map(({ handle }) => handle)).size).toBe(10_001);
  const next = new NextScope(Object.fromEntries(last.cookies));
  expect(await next.run('action', () => session.user('ada').revokeOthers())).toBe(10_000);
  expect(await ada.list()).toHaveLength(1);
});
