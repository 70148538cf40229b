import 'next-app-session/testing/vitest';
import { type HttpResponse, http } from 'msw';
import { createSessionTester } from 'next-app-session/testing';
import { describe, expect, it, vi } from 'vitest';
import { DELETE as expire, GET as fresh } from '@/app/api/tokens/route';
import { readVisit } from '@/app/tokens/visit';
import { describeSession } from '@/lib/describe-session';
import { fingerprint } from '@/lib/fingerprint';
import { renewTokens } from '@/lib/oauth';
import { session } from '@/lib/session';
import { expired, ISSUER, playProvider, tokens } from './played-provider';

const provider = playProvider();

describe('a handler that needs a fresh token', () => {
  it('takes the one that there is', async () => {
    const t = createSessionTester(session, { data: { tokens } });
    const { response } = await t.route(fresh);
    expect(await response.json()).toEqual({ token: fingerprint('access 0') });
    expect(provider.renewals).toBe(0);
  });

  it('is called twenty times at once with an expired one: the provider is asked once', async () => {
    const t = createSessionTester(session, { data: { tokens: expired, count: 3 } });
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => t.route(fresh)));
    for (const { response } of outcomes) {
      expect(await response.json()).toEqual({ token: fingerprint('access 1') });
    }
    expect(provider.renewals).toBe(1);
    expect(t).toHaveRefreshed(['renewed', ...Array<'waited'>(19).fill('waited')]);
    await expect(t).toHaveSession({
      count: 3,
      tokens: {
        ...tokens,
        accessToken: 'access 1',
        refreshToken: 'refresh 1',
        expiresAt: expect.any(Number),
      },
    });
    expect(t).not.toLeak('access 1');
  });

  it('says that the user has to sign in again if the provider refuses, and loses nothing', async () => {
    const data = { tokens: { ...expired, refreshToken: 'stolen' }, count: 3 };
    const t = createSessionTester(session, { data });
    expect((await t.route(fresh)).response.status).toBe(401);
    await expect(t).toHaveSession(data);
  });

  it('is for those who signed in with the provider', async () => {
    const t = createSessionTester(session, { data: { count: 3 } });
    expect((await t.route(fresh)).response.status).toBe(401);
    expect((await t.route(expire, { method: 'DELETE' })).response.status).toBe(401);
    await expect(t).toHaveSession({ count: 3 });
  });

  it('lets a visitor make the token count as expired, but no other site', async () => {
    const t = createSessionTester(session, { data: { tokens } });
    const headers = { 'sec-fetch-site': 'cross-site' };
    expect((await t.route(expire, { method: 'DELETE', headers })).response.status).toBe(403);
    await expect(t).toHaveSession({ tokens });
    expect((await t.route(expire, { method: 'DELETE' })).response.status).toBe(204);
    await expect(t).toHaveSession({ tokens: { ...tokens, expiresAt: 0 } });
  });
});

describe('the page of tokens', () => {
  const visit = async (data: Parameters<typeof createSessionTester>[1]) => {
    const t = createSessionTester(session, data);
    return (await t.component(readVisit)).result;
  };

  it('renews the token while it renders', async () => {
    expect(await visit({ data: { tokens: expired } })).toMatchObject({ is: 'signed in', name: 'Ada' });
    expect(provider.renewals).toBe(1);
  });

  it('asks to sign in again when the provider no longer takes the token, or does not renew it', async () => {
    expect(await visit({ data: { tokens: { ...tokens, accessToken: 'revoked' } } })).toEqual({
      is: 'refused',
    });
    expect(await visit({ data: { tokens: { ...expired, refreshToken: 'used' } } })).toEqual({
      is: 'refused',
    });
  });

  it('knows nobody who did not come from the provider, and says so where there is none', async () => {
    expect(await visit({ data: { count: 3 } })).toEqual({ is: 'signed out' });
    vi.unstubAllEnvs();
    expect(await visit({ data: { tokens } })).toEqual({ is: 'without a provider' });
  });
});

it('the signal ends a renewal to which the provider does not answer', async () => {
  provider.server.use(http.post(`${ISSUER}/token`, () => new Promise<HttpResponse<null>>(() => {})));
  const signal = AbortSignal.timeout(50);
  await expect(renewTokens(tokens, signal)).rejects.toThrow();
  expect(signal.aborted).toBe(true);
});

it('what the panel shows of a session holds no token', async () => {
  const oauth = { state: 'a state', verifier: 'a verifier', from: '/tokens' };
  const t = createSessionTester(session, { data: { tokens, oauth, name: 'Ada' } });
  const { result } = await t.component(() => describeSession(session()));
  expect(result?.data).toMatchObject({ name: 'Ada', tokens: { accessToken: `#${fingerprint('access 0')}` } });
  for (const secret of ['access 0', 'refresh 0', 'a state', 'a verifier']) {
    expect(JSON.stringify(result)).not.toContain(secret);
  }
});
