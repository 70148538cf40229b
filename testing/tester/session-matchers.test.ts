import { describe, expect, it } from 'vitest';
import nextAppSession from '../../src/index.js';
import { createSessionTester, recordTelemetry, sessionMatchers } from '../index.js';
import '../vitest.js';

const session = nextAppSession<{ user: string; n: number }>({
  secret: 'a secret of these tests',
  cookie: { maxAge: 60 },
});
const ada = { user: 'ada', n: 1 };

/** Returns the message of a matcher that does not hold, without colours. */
async function messageOf(run: () => unknown): Promise<string> {
  try {
    await run();
  } catch (error) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours start with it
    return (error as Error).message.replaceAll(/\u001b\[\d+m/g, '');
  }
  throw new Error('the matcher held');
}

describe('toHaveSession', () => {
  it('holds for a live session, and for the given data', async () => {
    const t = createSessionTester(session, { data: ada });
    await expect(t).toHaveSession();
    await expect(t).toHaveSession(ada);
    await expect(t).toHaveSession({ user: expect.stringContaining('a'), n: 1 });
    await expect(t).not.toHaveSession({ user: 'ada' });
    await t.destroy();
    await expect(t).not.toHaveSession();
    await expect(t).not.toHaveSession(ada);
    await expect(t).toHaveSession(null);
  });

  it('shows what differs', async () => {
    const t = createSessionTester(session, { data: ada });
    const message = await messageOf(() => expect(t).toHaveSession({ user: 'bob', n: 1 }));
    expect(message).toContain('toHaveSession');
    expect(message).toMatch(/- {3}"user": "bob"/);
    expect(message).toMatch(/\+ {3}"user": "ada"/);
    expect(await messageOf(() => expect(t).not.toHaveSession())).toContain('not a live session');
    expect(await messageOf(() => expect(t).not.toHaveSession(ada))).toContain('Expected: not');
  });
});

describe('toHaveSessionValue', () => {
  it('looks at one key', async () => {
    const t = createSessionTester(session, { data: ada });
    await expect(t).toHaveSessionValue('user');
    await expect(t).toHaveSessionValue('user', 'ada');
    await expect(t).not.toHaveSessionValue('user', 'bob');
    await expect(t).not.toHaveSessionValue('toString');
    expect(await messageOf(() => expect(t).toHaveSessionValue('n', 2))).toMatch(/- 2\n\+ 1/);
    expect(await messageOf(() => expect(t).toHaveSessionValue('none'))).toContain('the key "none"');
  });
});

describe('toSetCookie', () => {
  it('looks at an outcome or a Response', async () => {
    const t = createSessionTester(session);
    const outcome = await t.action(() => session().set('n', 1));
    expect(outcome).toSetCookie('sid');
    expect(outcome).toSetCookie('sid', { httpOnly: true, maxAge: 60, sameSite: 'lax' });
    expect(outcome).not.toSetCookie('sid', { secure: true });
    expect(outcome).not.toSetCookie('other');
    const { response } = await createSessionTester(session).route(async () => {
      await session().set('n', 1);
      return new Response();
    });
    expect(response).toSetCookie('sid', { path: '/' });
    expect(await messageOf(() => expect(outcome).toSetCookie('sid', { secure: true }))).toMatch(
      /"secure": true/,
    );
    expect(await messageOf(() => expect(outcome).toSetCookie('other'))).toMatch(/Received: Array \[\s+"sid"/);
  });
});

describe('toHaveRotatedSessionId', () => {
  it('holds after regenerate, and not after a write', async () => {
    const t = createSessionTester(session, { data: ada });
    await t.action(() => session().set('n', 2));
    await expect(t).not.toHaveRotatedSessionId();
    await t.action(() => session().regenerate());
    await expect(t).toHaveRotatedSessionId();
    await t.action(() => session().destroy());
    expect(await messageOf(() => expect(t).toHaveRotatedSessionId())).toContain('no session');
  });

  it('does not hold while the old session lives', async () => {
    const t = createSessionTester(session, { data: ada });
    await t.action(() => session().regenerate());
    const old = await t.store.snapshot();
    await t.action(() => session().regenerate());
    for (const [key, record] of old) await t.store.set(key, record);
    expect(await messageOf(() => expect(t).toHaveRotatedSessionId())).toContain(
      'Received: "a new ID, but a live session under the old one"',
    );
  });
});

describe('toHaveStoreCalls', () => {
  it('compares the given properties of each call, of all calls in order', async () => {
    const t = createSessionTester(session, { data: ada });
    await t.action(() => session().set('n', 2));
    expect(t).toHaveStoreCalls(['get', 'set']);
    expect(t.store).toHaveStoreCalls(['get hit', { operation: 'set', outcome: 'ok', ttl: 60 }]);
    expect(t).not.toHaveStoreCalls(['set', 'get']);
    expect(t).not.toHaveStoreCalls(['get']);
    expect(t).not.toHaveStoreCalls(['get', 'set', 'destroy']);
    expect(await messageOf(() => expect(t).toHaveStoreCalls(['get miss']))).toMatch(
      /- .*"miss"[\s\S]*\+ .*"hit"/,
    );
  });
});

describe('toHaveSpan', () => {
  it('finds a span with at least these attributes', async () => {
    const t = createSessionTester(session, { data: ada });
    await t.component(() => session().get('n'));
    await t.action(() => session().set('n', 2));
    expect(t).toHaveSpan('next_app_session.store.set');
    expect(t.telemetry).toHaveSpan('next_app_session.store.get', { 'next_app_session.store.outcome': 'hit' });
    expect(t).not.toHaveSpan('next_app_session.store.get', { 'next_app_session.store.outcome': 'miss' });
    expect(t).not.toHaveSpan('next_app_session.store.destroy');
    expect(await messageOf(() => expect(t).toHaveSpan('none'))).toContain('next_app_session.store.set');
    t.telemetry.reset();
    await t.component(() => session().get('n'));
    const failure = messageOf(() =>
      expect(t).toHaveSpan('next_app_session.store.get', { 'error.type': 'x' }),
    );
    expect(await failure).toMatch(/- .*"error.type": "x"/);
  });
});

describe('toLeak', () => {
  it('searches spans and metrics, or any other value', async () => {
    const t = createSessionTester(session, { data: ada });
    await t.action(() => session().set('user', 'a-token'));
    expect(t).not.toLeak('a-token');
    expect(t).not.toLeak((await t.id()) ?? '?');
    expect(t).toLeak('memory');
    expect({ deep: [new Error('with a-token')] }).toLeak('a-token');
    const message = await messageOf(() => expect('log: a-token').not.toLeak('a-token'));
    expect(message).toContain('log: <secret>');
    expect(message).not.toContain('a-token');
  });
});

it('says what expect() takes', async () => {
  expect(await messageOf(() => expect({}).toHaveSession())).toContain('createSessionTester');
  expect(await messageOf(() => expect({}).toSetCookie('sid'))).toContain('a Response');
  expect(await messageOf(() => expect({}).toHaveStoreCalls([]))).toContain('InspectableStore');
  expect(await messageOf(() => expect({}).toHaveRefreshed([]))).toContain('a session tester or');
  expect(await messageOf(() => expect({}).toHaveSpan('x'))).toContain('recordTelemetry');
  expect(Object.keys(sessionMatchers)).toHaveLength(8);
});

describe('recordTelemetry', () => {
  it('records the spans and metrics of the code that runs in it, and of nothing else', async () => {
    const telemetry = recordTelemetry();
    const t = createSessionTester(session, { data: ada });
    const browser = { headers: {}, cookies: { sid: 's:forged.signature' } };
    await telemetry.run(() => session(browser).get('n'));
    await t.component(() => session().get('n'));
    expect(telemetry.spans()).toEqual([]);
    expect(telemetry.measurements()).toEqual([
      { metric: 'next_app_session.cookie.rejected', value: 1, attributes: {} },
    ]);
    expect(t.telemetry.measurements('next_app_session.store.operation.duration')).toHaveLength(1);
    telemetry.reset();
    expect(telemetry.measurements()).toEqual([]);
  });
});

describe('in `bun test`, whose matcher context cannot show a difference', () => {
  // As Bun 1.4 gives it.
  class Utils {
    #print = (value: unknown) => JSON.stringify(value);
    matcherHint = (name: string) => `expect(received).${name}(expected)\n\nExpected: undefined\n`;
    printReceived(value: unknown) {
      return this.#print(value);
    }
    printExpected(value: unknown) {
      return this.#print(value);
    }
  }
  const context = {
    isNot: false,
    equals: (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b),
    utils: new Utils(),
  };

  it('a matcher that fails shows what it expected and what it got', async () => {
    const t = createSessionTester(session, { data: ada });
    const { pass, message } = await sessionMatchers.toHaveSession.call(context, t, { user: 'bob', n: 1 });
    expect(pass).toBe(false);
    expect(message()).toBe(
      'expect(received).toHaveSession(expected)\n\n' +
        'Expected: {"user":"bob","n":1}\nReceived: {"user":"ada","n":1}',
    );
  });

  it('a matcher that holds passes', async () => {
    const t = createSessionTester(session, { data: ada });
    expect(await sessionMatchers.toHaveSession.call(context, t, ada)).toMatchObject({ pass: true });
  });
});
