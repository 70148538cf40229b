import type { FullConfig } from '@playwright/test';
import { appClient } from '../../example/identity-provider/app-client.mjs';
import { startIdentityProvider } from '../../example/identity-provider/identity-provider.mjs';
import { issuerFor, PROVIDER_SECRET, WITH_PROVIDER } from './identity-provider.js';

/** Longer than a test may take: a token expires when the test says so. */
const TOKEN_SECONDS = 600;

/** Serves an identity provider for each project that has one, all in this process. */
export default async function serveIdentityProviders({ projects }: FullConfig): Promise<() => Promise<void>> {
  const sites = projects.flatMap(({ name, use }) => (WITH_PROVIDER.has(name) ? (use.baseURL ?? []) : []));
  const providers = await Promise.all(
    sites.map((site) => {
      const port = Number(new URL(issuerFor(site)).port);
      const clients = [appClient(site, PROVIDER_SECRET)];
      return startIdentityProvider({ port, clients, accessTokenSeconds: TOKEN_SECONDS });
    }),
  );
  return async () => {
    await Promise.all(providers.map((provider) => provider.close()));
  };
}
