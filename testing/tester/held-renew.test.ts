import { describe, expect, it, vi } from 'vitest';
import nextAppSession from '../../src/index.js';
import { createSessionTester, sessionMatchers } from '../index.js';
import '../vitest.js';

interface Tokens {
  access: string;
  expiresAt: number;
}
const session = nextAppSession<{ tokens: Tokens }>({ secret: 'a secret of these tests' });
const exchange = vi.fn(async (signal: AbortSignal): Promise<Tokens> => {
  if (signal.aborted) throw signal.reason;
  return { access: 'from the provider', expiresAt: 4e12 };
});

function tokens() {
  return session().refresh('tokens', {
    isFresh: ({ expiresAt }, { now }) => expiresAt > now,
    renew: (_, { signal }) => exchange(signal),
  });
}
const GET = async () => Response.json(await tokens());
const stale = { data: { tokens: { access: 'old', expiresAt: 0 } } };

describe('holdRenew', () => {
  it('lets the test decide when renew ends, and with what', async () => {
    exchange.mockClear();
    const t = createSessionTester(session, stale);
    const renew = t.holdRenew('tokens');
    const answers = Promise.all([t.component(tokens), t.route(GET), t.action(tokens)]);
    await renew.called(3);
    const renewed = { access: 'of the test', expiresAt: 4e12 };
    renew.end(renewed);
    const [page, { response }, action] = await answers;
    expect([page.result, await response.json(), action.result]).toEqual([renewed, renewed, renewed]);
    expect(await t.read()).toEqual({ tokens: renewed });
    expect(exchange).not.toHaveBeenCalled();
    expect(t).toHaveRefreshed(['waited', 'renewed', 'waited']);
    expect(t).not.toHaveRefreshed(['renewed']);
    expect(t).toHaveSpan('next_app_session.refresh', { 'next_app_session.refresh.outcome': 'renewed' });
  });

  it("lets the app's own renew run", async () => {
    exchange.mockClear();
    const t = createSessionTester(session, stale);
    const renew = t.holdRenew('tokens');
    const answer = t.route(GET);
    await renew.called();
    expect(exchange).not.toHaveBeenCalled();
    renew.end();
    expect(await (await answer).response.json()).toMatchObject({ access: 'from the provider' });
    expect(exchange).toHaveBeenCalledTimes(1);
  });

  it('lets it fail, and run out of time', async () => {
    const t = createSessionTester(session, stale);
    t.holdRenew('tokens').fail(Object.assign(new Error('no'), { error: 'invalid_grant' }));
    const refused = { code: 'ERR_SESSION_REFRESH', cause: { code: 'invalid_grant' } };
    await expect(t.route(GET)).rejects.toMatchObject(refused);
    t.holdRenew('tokens').timeOut();
    const late = { code: 'ERR_SESSION_REFRESH', cause: { code: 'ETIMEDOUT' } };
    await expect(t.component(tokens)).rejects.toMatchObject(late);
    expect(t).toHaveRefreshed(['failed', 'failed']);
    expect(await t.read()).toEqual(stale.data);
    expect(t).not.toLeak('old');
  });

  it('holds one call each, in turn, of this key of this tester', async () => {
    exchange.mockClear();
    const t = createSessionTester(session, stale);
    const other = createSessionTester(session, stale);
    t.holdRenew('tokens').end({ access: '1', expiresAt: 0 });
    t.holdRenew('tokens').end({ access: '2', expiresAt: 0 });
    expect((await t.action(tokens)).result).toMatchObject({ access: '1' });
    expect((await other.action(tokens)).result).toMatchObject({ access: 'from the provider' });
    expect((await t.action(tokens)).result).toMatchObject({ access: '2' });
    expect((await t.action(tokens)).result).toMatchObject({ access: 'from the provider' });
  });

  it('takes the name of a key', () => {
    const t = createSessionTester(session);
    const refused = expect.objectContaining({ code: 'ERR_SESSION_TESTING' });
    expect(() => t.holdRenew(undefined as never)).toThrow(refused);
  });
});

it('toHaveRefreshed takes a tester or recorded telemetry', () => {
  const context = { equals: Object.is, utils: {} } as never;
  const refused = expect.objectContaining({ code: 'ERR_SESSION_TESTING' });
  expect(() => sessionMatchers.toHaveRefreshed.call(context, {}, [])).toThrow(refused);
});
