import { describe, expect, it } from 'vitest';
import { OpenStore } from '../gateway/open-store.js';
import { systemClock } from '../lib/clock.js';
import { Deadline } from '../lib/deadline.js';
import { thisProcess } from '../lib/host-process.js';
import { resolveOptions } from '../options/options.js';
import { hashSessionId } from '../record/session-id.js';
import { Telemetry } from '../telemetry/telemetry.js';
import { Browser } from '../test-kits/browser.js';
import { REFUSAL } from '../test-kits/spy-store.js';
import { all, type Data, NAME, setUp as setUpApp, startClock } from '../test-kits/user-sessions.js';
import { SessionIndex } from './session-index.js';
import { SessionRef } from './session-ref.js';
import { SignOut } from './sign-out.js';

startClock();

const down = new Error('down');

/** Sets up an app, and the sign-out of a browser's session as a request makes it that has read it before. */
function setUp(appOptions: Parameters<typeof setUpApp>[0] = {}) {
  const app = setUpApp(appOptions);
  const { store } = app;
  const user = ({ userId }: Partial<Data>) => userId;
  const options = resolveOptions<Data, object>({ name: NAME, secret: 'a secret', store, user });
  const open = new OpenStore(store, options.storeTimeoutMs);
  /** Why records were deleted, for each call that may delete one. */
  const reasons: unknown[] = [];
  const telemetry = Telemetry.of(options).with([
    {
      begin: ({ event }) => ({
        end: ({ reason }) => {
          if ('operation' in event && event.operation === 'destroy') reasons.push(reason);
        },
      }),
      event: () => {},
    },
  ]);
  const context = { clock: systemClock, process: thisProcess, telemetry, openStore: () => open };
  const keyOf = async (browser: Browser<Data>) => hashSessionId(await idOf(browser));
  const signOut = async (browser: Browser<Data>) => {
    const operation = { context, open, deadline: new Deadline(options.storeTimeoutMs) };
    const ref = SessionRef.ofId(options, operation, await idOf(browser));
    const work = new SignOut(options, new SessionIndex(options, context), ref);
    const known = (await ref.read()) ?? undefined;
    store.spy.reset();
    return { run: () => work.run(known), runUnread: () => work.run(undefined) };
  };
  /** Starts a session of nobody. */
  const visit = async () => {
    const browser = new Browser(app.session);
    await browser.visit((own) => own().set('n', 1));
    return browser;
  };
  return { ...app, ada: app.session.user('ada'), reasons, keyOf, signOut, visit };
}

const idOf = async (browser: Browser<Data>) => (await browser.visit((own) => own().id())).result ?? '';

describe('a sign-out of a session of nobody', () => {
  it('deletes what it cannot read', async () => {
    const { store, signOut, visit, reasons } = setUp();
    const browser = await visit();
    const { runUnread } = await signOut(browser);
    store.spy.fail('get', down);
    expect(await runUnread()).toBe('unknown');
    expect(reasons).toEqual(['signed_out']);
    expect(await all(browser)).toEqual({});
  });

  it('ends a session that another request writes meanwhile', async () => {
    const { store, signOut, visit, reasons } = setUp();
    const browser = await visit();
    const { run } = await signOut(browser);
    store.spy.before('set', () => browser.visit((own) => own().set('n', 2)));
    expect(await run()).toBe('live');
    // The version that the first one expected had been replaced.
    expect(reasons).toEqual(['signed_out', 'signed_out']);
    expect(await all(browser)).toEqual({});
  });

  it('ends what the old ID shows of a session that moves to a new one meanwhile, and no session', async () => {
    const { store, signOut, visit, reasons } = setUp();
    const browser = await visit();
    const old = new Browser(browser.session, Object.fromEntries(browser.cookies));
    const { run } = await signOut(browser);
    store.spy.before('set', () => browser.visit((own) => own().regenerate()));
    expect(await run()).toBe('superseded');
    expect(reasons).toEqual(['signed_out', undefined]);
    expect([await all(old), await all(browser)]).toEqual([{}, { n: 1 }]);
  });

  it('that the store refuses has changed nothing, and says so', async () => {
    const { store, signOut, visit } = setUp();
    const browser = await visit();
    const { run } = await signOut(browser);
    store.spy.fail('set', REFUSAL);
    await expect(run()).rejects.toThrow('Nothing was changed.');
    expect(await all(browser)).toEqual({ n: 1 });
  });
});

describe('a sign-out of a user', () => {
  it('is one revocation, though an old key of the session is left in the index', async () => {
    const { store, signIn, signOut, ada } = setUp({ regenerateGrace: 0 });
    const browser = await signIn();
    store.spy.fail('unindex', down);
    await browser.visit((own) => own().regenerate());
    const { run } = await signOut(browser);
    expect(await run()).toBe('live');
    expect(store.spy.calls).toEqual(['index', 'revoke', 'destroy', 'unindex']);
    expect(await ada.revokeAll()).toBe(0);
  });

  it('ends no session if its record was deleted just before', async () => {
    const { store, signIn, signOut, keyOf } = setUp();
    const browser = await signIn();
    const key = await keyOf(browser);
    const { run } = await signOut(browser);
    store.spy.before('revoke', () => store.memory.destroy(key));
    expect(await run()).toBe('none');
  });

  it('ends a session that just moved to a new ID, and finds nothing under the old one', async () => {
    const { store, signIn, signOut } = setUp();
    const browser = await signIn();
    const { run } = await signOut(browser);
    store.spy.before('revoke', () => browser.visit((own) => own().regenerate()));
    expect(await run()).toBe('none');
    expect(await all(browser)).toEqual({});
  });

  it('fails if a record cannot be deleted, which may be that of another ID of the session', async () => {
    const { store, signIn, signOut, ada } = setUp();
    const browser = await signIn();
    const { run } = await signOut(browser);
    store.spy.fail('destroy', REFUSAL);
    await expect(run()).rejects.toMatchObject({ code: 'ERR_SESSION_STORE' });
    expect(await ada.list()).toEqual([]);
  });

  it('that fails while the index does not answer leaves the session where its user finds it', async () => {
    const { store, signIn, signOut, ada } = setUp();
    const browser = await signIn();
    const { run } = await signOut(browser);
    store.spy.fail('index', REFUSAL);
    // Another request writes the session, so it is read again. Then it cannot be deleted.
    store.spy.before('set', () => browser.visit((own) => own().set('n', 1)));
    store.spy.fail('destroy', REFUSAL);
    await expect(run()).rejects.toMatchObject({ code: 'ERR_SESSION_STORE' });
    expect(await ada.list()).toHaveLength(1);
    expect(await all(browser)).toMatchObject({ userId: 'ada' });
  });

  it('ends the session in a process whose store has no index', async () => {
    const { store, signIn, ada } = setUp();
    const browser = await signIn();
    const blind = setUpApp({
      store: Object.assign(Object.create(store), { users: undefined }),
      user: undefined,
    });
    await new Browser(blind.session, Object.fromEntries(browser.cookies)).visit((own) => own().destroy());
    expect(await all(browser)).toEqual({});
    expect(await ada.list()).toEqual([]);
  });
});
