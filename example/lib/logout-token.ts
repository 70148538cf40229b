import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { oauthClient } from './oauth-client';

/** The keys could not be fetched: the token may be good, so this is an error of the server. */
const UNREACHABLE = ['ERR_JOSE_GENERIC', 'ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID'];

const LOGOUT = 'http://schemas.openid.net/event/backchannel-logout';

/** The provider's keys, fetched at the first token and when a new one is in use. */
let keys: JWTVerifyGetKey | undefined;

/**
 * Returns the ID of the session that ended at the provider, or null if the token is not a logout token that the provider
 * made for this app (OpenID Connect Back-Channel Logout 1.0, section 2.6).
 */
export async function readLogoutToken(token: string): Promise<string | null> {
  const client = await oauthClient();
  const { issuer, jwks_uri = '' } = client.serverMetadata();
  keys ??= createRemoteJWKSet(new URL(jwks_uri));
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      audience: client.clientMetadata().client_id,
      typ: 'logout+jwt',
      requiredClaims: ['iat', 'exp', 'jti', 'sid'],
      clockTolerance: 30,
    });
    return isLogout(payload) ? String(payload.sid) : null;
  } catch (error) {
    if (error instanceof errors.JOSEError && !UNREACHABLE.includes(error.code)) return null;
    throw error;
  }
}

/** An ID token has a nonce and no such event: it must not do as a logout token. */
function isLogout({ events, nonce }: JWTPayload): boolean {
  return nonce === undefined && Object.hasOwn(Object(events), LOGOUT);
}
