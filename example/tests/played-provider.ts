import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest';

export const ISSUER = 'https://id.example';

const { publicKey, privateKey } = await generateKeyPair('ES256');

/** The tokens of a visitor who signed in with the provider, and what they are later. */
export const tokens = {
  accessToken: 'access 0',
  refreshToken: 'refresh 0',
  expiresAt: Date.now() + 60_000,
  sub: 'ada',
  sid: 'session of ada',
};
export const expired = { ...tokens, expiresAt: Date.now() - 1_000 };

/** Signs a token as the provider does, with these claims beside the usual ones, or in their place. */
export async function sign(claims: JWTPayload, { typ = 'JWT', key = privateKey } = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ iss: ISSUER, aud: 'example', sub: 'ada', iat: now, exp: now + 120, ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: 'one', typ })
    .sign(key);
}

/** Plays an identity provider for the tests of a file, as far as this app asks it. */
export function playProvider() {
  const provider = {
    /** How often it was asked to renew tokens. It takes each refresh token once. */
    renewals: 0,
    /** Claims of the next ID token. */
    idToken: {} as JWTPayload,
  };

  const token = async (form: URLSearchParams) => {
    switch (form.get('grant_type')) {
      case 'authorization_code':
        return form.get('code') === 'good' && form.get('code_verifier')
          ? answer(0, { id_token: await sign({ sid: tokens.sid, ...provider.idToken }) })
          : refusal();
      case 'refresh_token':
        provider.renewals += 1;
        return form.get('refresh_token') === `refresh ${provider.renewals - 1}`
          ? answer(provider.renewals)
          : refusal();
      default:
        return refusal();
    }
  };

  const server = setupServer(
    http.get(`${ISSUER}/.well-known/openid-configuration`, () =>
      HttpResponse.json({
        issuer: ISSUER,
        authorization_endpoint: `${ISSUER}/authorize`,
        token_endpoint: `${ISSUER}/token`,
        userinfo_endpoint: `${ISSUER}/userinfo`,
        end_session_endpoint: `${ISSUER}/sign-out`,
        jwks_uri: `${ISSUER}/keys`,
        id_token_signing_alg_values_supported: ['ES256'],
      }),
    ),
    http.get(`${ISSUER}/keys`, async () =>
      HttpResponse.json({ keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' }] }),
    ),
    http.post(`${ISSUER}/token`, async ({ request }) => token(new URLSearchParams(await request.text()))),
    http.get(`${ISSUER}/userinfo`, ({ request }) =>
      request.headers.get('authorization') === `Bearer access ${provider.renewals}`
        ? HttpResponse.json({ sub: 'ada', name: 'Ada' })
        : new HttpResponse(null, { status: 401, headers: { 'www-authenticate': 'Bearer' } }),
    ),
  );

  beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
  afterAll(() => server.close());
  beforeEach(() => {
    vi.stubEnv('OAUTH_ISSUER', ISSUER);
    Object.assign(provider, { renewals: 0, idToken: {} });
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    server.resetHandlers();
  });
  return Object.assign(provider, { server });
}

/** What the provider gives after so many renewals. */
function answer(renewals: number, more: object = {}) {
  return HttpResponse.json({
    token_type: 'bearer',
    access_token: `access ${renewals}`,
    refresh_token: `refresh ${renewals}`,
    expires_in: 60,
    ...more,
  });
}

function refusal() {
  return HttpResponse.json({ error: 'invalid_grant' }, { status: 400 });
}
