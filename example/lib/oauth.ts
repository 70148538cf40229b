import {
  authorizationCodeGrant,
  buildAuthorizationUrl,
  buildEndSessionUrl,
  calculatePKCECodeChallenge,
  fetchUserInfo,
  type IDToken,
  randomPKCECodeVerifier,
  randomState,
  refreshTokenGrant,
  type TokenEndpointResponse,
  type TokenEndpointResponseHelpers,
} from 'openid-client';
import { oauthClient, requireSettings } from './oauth-client';

/** One sign-in under way, kept in the visitor's session until the identity provider sends them back. */
export type OAuthAttempt = { state: string; verifier: string; from: string };

/** What the identity provider gave, kept in the session of whoever signed in there. */
export type Tokens = {
  accessToken: string;
  /** When the access token ends, in milliseconds since 1970. */
  expiresAt: number;
  /** Of use once: each renewal brings the next one. */
  refreshToken?: string;
  /** Tells the provider who signs out. */
  idToken?: string;
  /** The provider's ID of the user. */
  sub: string;
  /** The provider's ID of the session that the user has there. */
  sid?: string;
};

/** Begins a sign-in. Returns where to send the visitor, and what to keep until they come back. */
export async function beginSignIn(from: string): Promise<{ url: URL; attempt: OAuthAttempt }> {
  const attempt = { state: randomState(), verifier: randomPKCECodeVerifier(), from };
  const url = buildAuthorizationUrl(await oauthClient(), {
    redirect_uri: callbackUrl(),
    scope: 'openid profile offline_access',
    // The state ties the answer to this session, and the challenge ties the code to it.
    state: attempt.state,
    code_challenge: await calculatePKCECodeChallenge(attempt.verifier),
    code_challenge_method: 'S256',
  });
  return { url, attempt };
}

/** Exchanges the code that the visitor brings. Throws if the provider refuses it, or if its ID token is not for this app. */
export async function finishSignIn(
  { state, verifier }: OAuthAttempt,
  brought: URLSearchParams,
): Promise<{ name: string; tokens: Tokens }> {
  const answer = await authorizationCodeGrant(await oauthClient(), new URL(`${callbackUrl()}?${brought}`), {
    expectedState: state,
    pkceCodeVerifier: verifier,
    idTokenExpected: true,
  });
  const { sub, sid } = answer.claims() as IDToken;
  const tokens = { ...tokensIn(answer), sub, ...(typeof sid === 'string' && { sid }) };
  return { name: await fetchName(tokens), tokens };
}

/** Exchanges the refresh token. The provider takes it once: only `refresh` may call this. */
export async function renewTokens(tokens: Tokens, signal: AbortSignal): Promise<Tokens> {
  const client = await oauthClient(signal);
  const answer = await refreshTokenGrant(client, tokens.refreshToken ?? '');
  return { ...tokens, ...tokensIn(answer) };
}

/** Asks the provider who this is. */
export async function fetchName({ accessToken, sub }: Tokens): Promise<string> {
  const { name } = await fetchUserInfo(await oauthClient(), accessToken, sub);
  return String(name ?? sub).slice(0, 40);
}

/**
 * Returns the provider's page for signing out there, which then leads back here; null while there is no provider. It needs
 * no ID token, but then does not know who asks.
 */
export async function signOutUrl(idToken?: string): Promise<string | null> {
  const client = await oauthClient().catch(() => null);
  if (!client) return null;
  const url = buildEndSessionUrl(client, {
    post_logout_redirect_uri: `${requireSettings().site}/sign-in`,
    ...(idToken && { id_token_hint: idToken }),
  });
  return url.href;
}

function callbackUrl(): string {
  return `${requireSettings().site}/sign-in/oauth/callback`;
}

/** A renewal may leave out what stays as it is. */
function tokensIn(answer: TokenEndpointResponse & TokenEndpointResponseHelpers) {
  return {
    accessToken: answer.access_token,
    expiresAt: Date.now() + (answer.expiresIn() ?? 60) * 1000,
    ...(answer.refresh_token && { refreshToken: answer.refresh_token }),
    ...(answer.id_token && { idToken: answer.id_token }),
  };
}
