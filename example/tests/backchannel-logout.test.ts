import 'next-app-session/testing/vitest';
import { generateKeyPair } from 'jose';
import { HttpResponse, http } from 'msw';
import { createSessionTester } from 'next-app-session/testing';
import { describe, expect, it, vi } from 'vitest';
import { POST as backchannelLogout } from '@/app/backchannel-logout/route';
import { session } from '@/lib/session';
import { ISSUER, playProvider, sign, tokens } from './played-provider';

const { server } = playProvider();

const user = { name: 'Ada', signedInAt: Date.now() };
const logout = {
  jti: 'one logout',
  sid: tokens.sid,
  events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
};

/** Ada's browser, and the provider, which calls without it. */
function someone(sid = tokens.sid) {
  const t = createSessionTester(session, { data: { user, tokens: { ...tokens, sid } } });
  const provider = createSessionTester(session, { store: t.store });
  const call = (token: string) =>
    provider.route(backchannelLogout, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `${new URLSearchParams({ logout_token: token })}`,
    });
  return { t, call };
}

describe('a logout token', () => {
  it('is no bad one while the keys of the provider are out of reach', async () => {
    server.use(http.get(`${ISSUER}/keys`, () => new HttpResponse(null, { status: 503 })));
    const { call } = someone();
    await expect(call(await sign(logout, { typ: 'logout+jwt' }))).rejects.toThrow();
  });

  it('ends the session that it names', async () => {
    const { t, call } = someone();
    const { response } = await call(await sign(logout, { typ: 'logout+jwt' }));
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    await expect(t).not.toHaveSession();
  });

  it('ends no other session, even of the same user', async () => {
    const { t, call } = someone('another session of ada');
    expect((await call(await sign(logout, { typ: 'logout+jwt' }))).response.status).toBe(200);
    await expect(t).toHaveSessionValue('user', user);
  });

  it.each([
    ['for another app', { aud: 'another app' }],
    ['of another provider', { iss: 'https://evil.example' }],
    ['that is old', { exp: 1 }],
    ['that never ends', { exp: undefined }],
    ['without an ID', { jti: undefined }],
    ['without a session', { sid: undefined }],
    ['without the event', { events: { another: {} } }],
    ['with a nonce, as an ID token has', { nonce: 'one' }],
  ])('%s ends nothing', async (_, claims) => {
    const { t, call } = someone();
    const { response } = await call(await sign({ ...logout, ...claims }, { typ: 'logout+jwt' }));
    expect(response.status).toBe(400);
    await expect(t).toHaveSessionValue('user', user);
  });

  it('ends nothing if it is an ID token, signed with another key, or no token at all', async () => {
    const { privateKey: key } = await generateKeyPair('ES256');
    const { t, call } = someone();
    for (const token of [await sign(logout), await sign(logout, { typ: 'logout+jwt', key }), 'a.b.c', '']) {
      expect((await call(token)).response.status).toBe(400);
    }
    await expect(t).toHaveSessionValue('user', user);
  });

  it('ends nothing where no provider is set up', async () => {
    vi.unstubAllEnvs();
    const { t, call } = someone();
    expect((await call(await sign(logout, { typ: 'logout+jwt' }))).response.status).toBe(400);
    await expect(t).toHaveSessionValue('user', user);
  });
});
