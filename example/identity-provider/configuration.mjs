import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { memoryAdapter } from './memory-adapter.mjs';
import { errorPage, signedOutPage, signOutPage } from './pages.mjs';

const DAY = 24 * 60 * 60;
const SCOPES = ['openid', 'profile', 'offline_access'];

/**
 * Returns the configuration of `oidc-provider`. A name is an account, nobody is asked for consent, and refresh tokens
 * rotate: the second use of one revokes all tokens of its grant.
 */
export function configuration({ clients, accessTokenSeconds }) {
  return {
    clients: clients.map(withDefaults),
    adapter: memoryAdapter(),
    jwks: { keys: [signingKey()] },
    cookies: { keys: [randomBytes(32).toString('hex')] },
    scopes: SCOPES,
    claims: { openid: ['sub'], profile: ['name'] },
    // The name is in the ID token, which spares a call of the userinfo endpoint.
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    rotateRefreshToken: true,
    issueRefreshToken: (_, client) => client.grantTypeAllowed('refresh_token'),
    ttl: {
      AccessToken: accessTokenSeconds,
      AuthorizationCode: 60,
      IdToken: 60 * 60,
      RefreshToken: 14 * DAY,
      Interaction: 60 * 60,
      Session: 14 * DAY,
      Grant: 14 * DAY,
    },
    findAccount: (_, name) => ({ accountId: name, claims: () => ({ sub: name, name }) }),
    loadExistingGrant: grantAll,
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: { enabled: true, logoutSource: signOutPage, postLogoutSuccessSource: signedOutPage },
    },
    renderError: errorPage,
    // Without the dispatcher by which the provider keeps away from loopback: its clients are there.
    fetch: (url, { dispatcher: _, ...init }) => fetch(url, init),
  };
}

function withDefaults(client) {
  return {
    token_endpoint_auth_method: 'client_secret_post',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    backchannel_logout_session_required: true,
    ...client,
  };
}

async function grantAll({ oidc: { provider, session, client } }) {
  const known = session.grantIdFor(client.clientId);
  const existing = known && (await provider.Grant.find(known));
  if (existing) return existing;
  const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId });
  grant.addOIDCScope(SCOPES.join(' '));
  await grant.save();
  return grant;
}

function signingKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' };
}
