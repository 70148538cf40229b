import expressSession from 'express-session';
import nextAppSession, { MemoryStore, promisifyStore, type Store } from 'next-app-session';
import { describe, expect, it } from 'vitest';
import { Browser } from './browser.kit.js';
import { testProcesses } from './concurrency.kit.js';
import { redis } from './shared-stores.kit.js';

const WRITES = 1000;
const indexes = Array.from({ length: WRITES }, (_, index) => index);

testProcesses(redis);

const stores: [string, string, () => Store<object>][] = [
  ['MemoryStore', 'memory', () => new MemoryStore()],
  ['a wrapped store of express-session', 'wrapped', () => promisifyStore(new expressSession.MemoryStore())],
];

describe.each(stores)('one process on %s', (_, name, makeStore) => {
  it(`${WRITES} updates of one key and ${WRITES} sets of different keys all survive`, async () => {
    const session = nextAppSession<Record<string, number>>({
      secret: 'a secret',
      store: makeStore(),
      name,
      // The writes wait for each other.
      storeTimeout: 60,
    });
    const browser = new Browser(session);
    await browser.visit((own) => own().set('n', 0));
    const increment = () =>
      browser.visit((own) => own().update((data) => ({ ...data, n: (data.n ?? 0) + 1 })));
    await Promise.all([
      ...indexes.map(increment),
      ...indexes.map((index) => browser.visit((own) => own().set(`key-${index}`, index))),
    ]);
    const data = await browser.visit((own) => own().all());
    expect(data.n).toBe(WRITES);
    expect(Object.keys(data)).toHaveLength(WRITES + 1);
  });

  it.each(['regenerate', 'destroy'] as const)(
    '%s against writes leaves no old writable session',
    async (job) => {
      const session = nextAppSession<Record<string, unknown>>({
        secret: 'a secret',
        store: makeStore(),
        name: `${name}-race`,
      });
      for (let round = 0; round < 25; round++) {
        const browser = new Browser(session);
        await browser.visit((own) => own().set('n', 0));
        const before = new Browser(session, browser.cookies);
        const slow = Array.from({ length: 10 }, () => before.open());
        await Promise.all(slow.map((exchange) => exchange.session().get('n')));
        const [, ...written] = await Promise.allSettled([
          browser.visit((own) => own()[job]()),
          ...slow.map((exchange, at) => exchange.session().set(`late-${at}`, true)),
        ]);
        for (const result of written) {
          if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'ERR_SESSION_GONE' });
        }
        const hasGraceCopy = job === 'regenerate' && name === 'memory';
        const write = before.visit(async (own) =>
          (await own().has('n')) ? own().set('n', 1) : 'no session',
        );
        const code = await write.catch((error) => error.code);
        expect(code).toBe(hasGraceCopy ? 'ERR_SESSION_GONE' : 'no session');
      }
    },
  );
});
