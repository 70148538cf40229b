import {
  allowInsecureRequests,
  Configuration,
  customFetch,
  discovery,
  type ServerMetadata,
} from 'openid-client';

type Settings = { issuer: string; clientId: string; clientSecret: string; site: string };

/** Returns what this app knows of the identity provider, or null where none is set up. */
export function oauthSettings(): Settings | null {
  const { OAUTH_ISSUER, OAUTH_CLIENT_ID = 'example', OAUTH_CLIENT_SECRET = '', SITE_URL } = process.env;
  if (!OAUTH_ISSUER) return null;
  return {
    issuer: OAUTH_ISSUER,
    clientId: OAUTH_CLIENT_ID,
    clientSecret: OAUTH_CLIENT_SECRET,
    site: SITE_URL ?? 'http://localhost:3000',
  };
}

/** Returns the same where there is a provider, and throws otherwise. */
export function requireSettings(): Settings {
  const settings = oauthSettings();
  if (!settings) throw new Error('No identity provider is set up: OAUTH_ISSUER is missing.');
  return settings;
}

/** What the provider says about itself. Asked once a process. */
let discovered: ServerMetadata | undefined;

/** Returns the provider as openid-client calls it. The signal ends its requests. */
export async function oauthClient(signal?: AbortSignal): Promise<Configuration> {
  const { issuer, clientId, clientSecret } = requireSettings();
  // Tokens travel over https, but for a provider on this machine.
  const isLocal = ['localhost', '127.0.0.1'].includes(new URL(issuer).hostname);
  const execute = isLocal ? [allowInsecureRequests] : [];
  discovered ??= (
    await discovery(new URL(issuer), clientId, clientSecret, undefined, { execute })
  ).serverMetadata();
  const client = new Configuration(discovered, clientId, clientSecret);
  for (const extend of execute) extend(client);
  if (signal) client[customFetch] = (url, options) => fetch(url, { ...options, signal } as RequestInit);
  return client;
}
