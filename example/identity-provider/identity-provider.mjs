import { once } from 'node:events';
import { createServer } from 'node:http';
import { configuration } from './configuration.mjs';
import { signInPage } from './pages.mjs';
import { TokenEndpoint } from './token-endpoint.mjs';

/** Starts an OpenID Connect provider on loopback, for development and tests. */
export async function startIdentityProvider({ port = 0, clients, accessTokenSeconds = 60 }) {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${server.address().port}`;

  const Provider = await loadProvider();
  const provider = new Provider(issuer, configuration({ clients, accessTokenSeconds }));
  const tokens = new TokenEndpoint();
  provider.use(tokens.middleware);
  provider.use(signInPage(provider));
  server.on('request', provider.callback());

  return {
    issuer,
    tokenCalls: () => tokens.calls(),
    setFaults: (faults) => tokens.setFaults(faults),
    hold: (when) => tokens.hold(when),
    reset: () => tokens.reset(),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Without the warning that is printed on Node 20, where all that is used here works. */
async function loadProvider() {
  const { warn } = console;
  console.warn = () => {};
  try {
    return (await import('oidc-provider')).default;
  } finally {
    console.warn = warn;
  }
}
