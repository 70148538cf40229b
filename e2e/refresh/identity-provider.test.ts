import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type IdentityProvider,
  startIdentityProvider,
} from '../../example/identity-provider/identity-provider.mjs';
import { BrowserAtProvider, CLIENT, REDIRECT_URI, refreshTokens, type TokenAnswer } from './identity.js';

let provider: IdentityProvider;
const logoutTokens: string[] = [];
const app = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  logoutTokens.push(new URLSearchParams(body).get('logout_token') ?? '');
  response.end();
});
const printed = vi.spyOn(console, 'warn');
const noted = vi.spyOn(console, 'info');

beforeAll(async () => {
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve));
  const { port } = app.address() as AddressInfo;
  const backchannel = { backchannel_logout_uri: `http://127.0.0.1:${port}/backchannel-logout` };
  provider = await startIdentityProvider({
    clients: [{ ...CLIENT, redirect_uris: [REDIRECT_URI], ...backchannel }],
  });
});
afterAll(async () => {
  await provider.close();
  app.close();
});
beforeEach(() => provider.reset());

const signIn = () => new BrowserAtProvider(provider.issuer).signIn('Ada');
const refresh = ({ refresh_token: token }: TokenAnswer) => refreshTokens(provider.issuer, token);

describe('the identity provider of the example', () => {
  it('signs in whoever gives a name, with PKCE only, and prints no warning', async () => {
    const tokens = await signIn();
    expect(claims(tokens.id_token)).toMatchObject({ sub: 'Ada', name: 'Ada', sid: expect.any(String) });
    expect(tokens.expires_in).toBe(60);
    const { url } = await new BrowserAtProvider(provider.issuer).open(
      `/auth?response_type=code&client_id=app&scope=openid&redirect_uri=${REDIRECT_URI}`,
    );
    expect(url).toContain('error=invalid_request');
    expect(printed).not.toHaveBeenCalled();
    expect(noted).not.toHaveBeenCalled();
  });

  it('rotates refresh tokens, and the second use of one revokes the grant', async () => {
    const first = await signIn();
    const second = (await (await refresh(first)).json()) as TokenAnswer;
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect((await refresh(first)).status).toBe(400);
    expect(await (await refresh(second)).json()).toMatchObject({ error: 'invalid_grant' });
    expect(provider.tokenCalls()).toMatchObject({
      authorization_code: { asked: 1, granted: 1 },
      refresh_token: { asked: 3, granted: 1, refused: 2 },
    });
    // The person can sign in again, with the session at the provider that is left.
    expect((await refresh(await signIn())).status).toBe(200);
  });

  it('fails when it is told to, before the token is consumed', async () => {
    const tokens = await signIn();
    await fetch(`${provider.issuer}/__admin`, { method: 'PUT', body: JSON.stringify({ failures: 1 }) });
    expect((await refresh(tokens)).status).toBe(503);
    expect((await refresh(tokens)).status).toBe(200);
    const counts = await (await fetch(`${provider.issuer}/__admin`)).json();
    expect(counts).toMatchObject({ refresh_token: { asked: 2, unavailable: 1, granted: 1 } });
  });

  it('keeps the token of a caller who gives up before it was consumed, and not of one who does after', async () => {
    const tokens = await signIn();
    provider.setFaults({ before: 300 });
    await expect(giveUp(tokens)).rejects.toThrow('timeout');
    await expect.poll(() => provider.tokenCalls().refresh_token).toMatchObject({ asked: 1, dropped: 1 });
    provider.setFaults({ after: 300 });
    await expect(giveUp(tokens)).rejects.toThrow('timeout');
    await expect.poll(() => provider.tokenCalls().refresh_token).toMatchObject({ asked: 2, granted: 1 });
    expect((await refresh(tokens)).status).toBe(400);
  });

  it('tells the app when somebody signs out at the provider', async () => {
    const browser = new BrowserAtProvider(provider.issuer);
    const { sid, sub } = claims((await browser.signIn('Grace')).id_token);
    await browser.signOut();
    await expect.poll(() => logoutTokens).toHaveLength(1);
    expect(claims(logoutTokens[0] ?? '')).toMatchObject({ sid, sub, aud: 'app', iss: provider.issuer });
  });
});

function giveUp({ refresh_token: token }: TokenAnswer): Promise<Response> {
  return refreshTokens(provider.issuer, token, AbortSignal.timeout(150));
}

function claims(jwt: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString());
}
