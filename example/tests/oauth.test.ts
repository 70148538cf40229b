import 'next-app-session/testing/vitest';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { createSessionTester } from 'next-app-session/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { GET as callback } from '@/app/sign-in/oauth/callback/route';
import { GET as start } from '@/app/sign-in/oauth/route';
import { session } from '@/lib/session';

// The identity provider, as far as this app asks it.
const provider = setupServer(
  http.post('https://id.example/token', async ({ request }) => {
    const form = new URLSearchParams(await request.text());
    if (form.get('code') !== 'good' || !form.get('code_verifier'))
      return new HttpResponse(null, { status: 400 });
    return HttpResponse.json({ access_token: 'ya29.token' });
  }),
  http.get('https://id.example/userinfo', ({ request }) =>
    request.headers.get('authorization') === 'Bearer ya29.token'
      ? HttpResponse.json({ name: 'Ada' })
      : new HttpResponse(null, { status: 401 }),
  ),
);
beforeAll(() => provider.listen({ onUnhandledRequest: 'error' }));
afterAll(() => provider.close());
beforeEach(() => vi.stubEnv('OAUTH_ISSUER', 'https://id.example'));
afterEach(() => vi.unstubAllEnvs());

/** A visitor who has been sent to the provider, and the state that it will send back. */
async function sentAway() {
  const t = createSessionTester(session, { data: { count: 3 } });
  const { response } = await t.route(start, { url: '/sign-in/oauth' });
  const state = new URL(response.headers.get('location') ?? '').searchParams.get('state') ?? '';
  const comeBack = (search: Record<string, string>) =>
    t.route(callback, { url: `/sign-in/oauth/callback?${new URLSearchParams(search)}` });
  return { t, state, comeBack };
}

describe('sign-in with an identity provider', () => {
  it('exchanges the code, signs in, and gives the session a new ID', async () => {
    const { t, state, comeBack } = await sentAway();
    const { response } = await comeBack({ code: 'good', state });
    expect(response.headers.get('location')).toBe('/account');
    await expect(t).toHaveSession({
      count: 3,
      user: { name: 'Ada', signedInAt: expect.any(Number), device: 'Unknown device' },
    });
    await expect(t).toHaveRotatedSessionId();
    expect(t).not.toLeak('ya29');
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

  it('goes back to the form when the provider refuses', async () => {
    const { state, comeBack } = await sentAway();
    const { response } = await comeBack({ code: 'bad', state });
    expect(response.headers.get('location')).toBe('/sign-in?failed=provider');
  });

  it('is not there without a provider', async () => {
    vi.unstubAllEnvs();
    const t = createSessionTester(session);
    expect((await t.route(start)).response.status).toBe(404);
  });
});
