import 'next-app-session/testing/vitest';
import { createSessionTester } from 'next-app-session/testing';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { signOut } from '@/app/sign-in/actions';
import { GET as callback } from '@/app/sign-in/oauth/callback/route';
import { GET as start } from '@/app/sign-in/oauth/route';
import { session } from '@/lib/session';
import { ISSUER, playProvider, tokens } from './played-provider';

const provider = playProvider();
beforeEach(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => {});
});

/** A visitor who has been sent to the provider, and the state that it will send back. */
async function sentAway(from = '/account') {
  const t = createSessionTester(session, { data: { count: 3 } });
  const { response } = await t.route(start, { url: `/sign-in/oauth?${new URLSearchParams({ from })}` });
  const asked = new URL(response.headers.get('location') ?? '');
  const state = asked.searchParams.get('state') ?? '';
  const comeBack = (search: Record<string, string>) =>
    t.route(callback, { url: `/sign-in/oauth/callback?${new URLSearchParams(search)}` });
  return { t, asked, state, comeBack };
}

describe('sign-in with an identity provider', () => {
  it('sends the visitor there, with a challenge of which the session keeps the verifier', async () => {
    const { t, asked } = await sentAway();
    expect(asked.origin + asked.pathname).toBe(`${ISSUER}/authorize`);
    expect(asked.searchParams.get('redirect_uri')).toBe('http://localhost:3000/sign-in/oauth/callback');
    expect(asked.searchParams.get('code_challenge_method')).toBe('S256');
    expect(asked.href).not.toContain((await t.read())?.oauth?.verifier);
  });

  it('exchanges the code, keeps the tokens, and gives the session a new ID, in one write', async () => {
    const { t, state, comeBack } = await sentAway();
    const { response } = await comeBack({ code: 'good', state });
    expect(response.headers.get('location')).toBe('/account');
    await expect(t).toHaveSession({
      count: 3,
      user: { name: 'Ada', signedInAt: expect.any(Number), device: 'Unknown device' },
      tokens: { ...tokens, expiresAt: expect.any(Number), idToken: expect.any(String) },
    });
    await expect(t).toHaveRotatedSessionId();
    expect(t).not.toLeak('access 0');
  });

  it.each([
    ['leads back to where the visitor came from', '/tokens', '/tokens'],
    ['leads to no other site', '//evil.example', '/account'],
  ])('%s', async (_, from, to) => {
    const { state, comeBack } = await sentAway(from);
    const { response } = await comeBack({ code: 'good', state });
    expect(response.headers.get('location')).toBe(to);
  });

  it('refuses the answer to somebody else’s attempt', async () => {
    const { t, comeBack } = await sentAway();
    const { response } = await comeBack({ code: 'good', state: 'planted' });
    expect(response.headers.get('location')).toBe('/sign-in?failed=state');
    await expect(t).toHaveSession({ count: 3 });
  });

  it('takes an answer once', async () => {
    const { t, state, comeBack } = await sentAway();
    await comeBack({ code: 'bad', state });
    const { response } = await comeBack({ code: 'good', state });
    expect(response.headers.get('location')).toBe('/sign-in?failed=state');
    await expect(t).not.toHaveSessionValue('user');
  });

  it.each([
    ['the provider refuses the code', { code: 'bad' }, {}],
    ['the visitor refuses', { error: 'access_denied' }, {}],
    ['the ID token is for another app', { code: 'good' }, { aud: 'another app' }],
    ['the ID token is of another provider', { code: 'good' }, { iss: 'https://evil.example' }],
    ['the ID token is of somebody else than the name', { code: 'good' }, { sub: 'grace' }],
    ['the ID token is old', { code: 'good' }, { exp: 1 }],
  ])('goes back to the form if %s', async (_, brought, idToken) => {
    provider.idToken = idToken;
    const { t, state, comeBack } = await sentAway();
    const { response } = await comeBack({ ...brought, state } as Record<string, string>);
    expect(response.headers.get('location')).toBe('/sign-in?failed=provider');
    await expect(t).toHaveSession({ count: 3 });
  });

  it('is not there without a provider', async () => {
    vi.unstubAllEnvs();
    const t = createSessionTester(session);
    expect((await t.route(start)).response.status).toBe(404);
  });
});

describe('sign-out', () => {
  it('of somebody whom the provider signed in leads there, and from there back', async () => {
    const t = createSessionTester(session, { data: { tokens: { ...tokens, idToken: 'their ID token' } } });
    const { redirect } = await t.action(signOut);
    const { origin, pathname, searchParams } = new URL(redirect?.url ?? '');
    expect(origin + pathname).toBe(`${ISSUER}/sign-out`);
    expect(Object.fromEntries(searchParams)).toEqual({
      client_id: 'example',
      id_token_hint: 'their ID token',
      post_logout_redirect_uri: 'http://localhost:3000/sign-in',
    });
    await expect(t).not.toHaveSession();
  });

  it('does not need the provider', async () => {
    vi.unstubAllEnvs();
    const t = createSessionTester(session, { data: { tokens } });
    const { redirect } = await t.action(signOut);
    expect(redirect?.url).toBe('/sign-in');
    await expect(t).not.toHaveSession();
  });
});
