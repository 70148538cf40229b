import { createSessionTester, mockCookies } from 'next-app-session/testing';
import { POST as clickNaively } from '@/app/api/counter/naive/route';
import { POST as click } from '@/app/api/counter/route';
import { session } from '@/lib/session';
import type { SessionData } from '@/lib/session-options';
import { proxy } from '@/proxy';
import type { Show } from './observations';

/**
 * A visitor with a browser, a store and a clock of its own: nothing of it is seen outside, and it sees nothing of
 * this server's visitors. In a test, leave `jar` out: it does without Next's own modules, which a bundle may not have.
 */
function visitor(data: Partial<SessionData>) {
  return createSessionTester(session, { data, jar: mockCookies() });
}

export async function failingStore(show: Show) {
  const t = visitor({ count: 1 });
  t.store.fail('set', { times: 1 });
  const failure = await t.route(click, { method: 'POST' }).catch((error) => error.code);
  show('A click while the store fails', failure, t);
  show('The session after it', await t.read(), t);
  await t.route(click, { method: 'POST' });
  show('The session after the next click', await t.read(), t);
}

export async function race(show: Show) {
  const t = visitor({ count: 0, naiveCount: 0 });
  t.store.conflict(2); // the next two writes find that another server was faster
  await Promise.all([1, 2, 3].map(() => t.route(click, { method: 'POST' })));
  show('Three clicks at once', await t.read(), t);
  await Promise.all([1, 2, 3].map(() => t.route(clickNaively, { method: 'POST' })));
  show('Three more, the naive way', await t.read(), t);
}

export async function clock(show: Show) {
  const t = visitor({ user: { name: 'Ada', signedInAt: Date.now() } });
  const visit = async () => (await t.proxy(proxy, { url: '/account' })).response.headers.get('location');
  t.advance({ days: 6 });
  show('Where a visit leads after six days', (await visit()) ?? '/account', t);
  t.advance({ days: 6 });
  show('And six days after that', (await visit()) ?? '/account', t);
  t.advance({ days: 8 });
  show('Eight days are too many', (await visit()) ?? '/account', t);
}
