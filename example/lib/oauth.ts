import { createHash, randomBytes } from 'node:crypto';

/** One sign-in under way, kept in the visitor's session until the identity provider sends them back. */
export type OAuthAttempt = { state: string; verifier: string };

type Settings = { issuer: string; clientId: string; clientSecret: string; callback: string };

/** The identity provider of this app, or null where none is set up. */
export function oauthSettings(): Settings | null {
  const { OAUTH_ISSUER, OAUTH_CLIENT_ID = 'example', OAUTH_CLIENT_SECRET = '', SITE_URL } = process.env;
  if (!OAUTH_ISSUER) return null;
  return {
    issuer: OAUTH_ISSUER,
    clientId: OAUTH_CLIENT_ID,
    clientSecret: OAUTH_CLIENT_SECRET,
    callback: `${SITE_URL ?? 'http://localhost:3000'}/sign-in/oauth/callback`,
  };
}

export function newAttempt(): OAuthAttempt {
  return { state: randomBytes(16).toString('base64url'), verifier: randomBytes(32).toString('base64url') };
}

/** Where the visitor signs in; the state and the challenge tie the answer to this session (RFC 6749, RFC 7636). */
export function authorizeUrl(
  { issuer, clientId, callback }: Settings,
  { state, verifier }: OAuthAttempt,
): string {
  const url = new URL('/authorize', issuer);
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: callback,
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }).toString();
  return url.href;
}

/** The name of whoever signed in, for the code that the provider sent; null when it does not accept that. */
export async function exchangeCode(
  settings: Settings,
  code: string,
  verifier: string,
): Promise<string | null> {
  const { issuer, clientId, clientSecret, callback } = settings;
  const response = await fetch(new URL('/token', issuer), {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      client_id: clientId,
      client_secret: clientSecret,
      redirect_uri: callback,
      code_verifier: verifier,
    }),
  });
  if (!response.ok) return null;
  const { access_token: token } = (await response.json()) as { access_token: string };
  const user = await fetch(new URL('/userinfo', issuer), { headers: { authorization: `Bearer ${token}` } });
  if (!user.ok) return null;
  const { name } = (await user.json()) as { name?: unknown };
  return typeof name === 'string' ? name.slice(0, 40) : null;
}
