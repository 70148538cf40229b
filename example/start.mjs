// Runs Next with an identity provider beside it, and ends both: node start.mjs dev, or node start.mjs start after a build.
// With OAUTH_ISSUER, which names a provider elsewhere, it runs Next alone.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { startIdentityProvider } from './identity-provider/identity-provider.mjs';

const { PORT = '3000', SITE_URL = `http://localhost:${PORT}`, OAUTH_ISSUER } = process.env;

const provider = OAUTH_ISSUER ? { env: {}, close: async () => {} } : await startProvider();
const next = spawn(
  process.execPath,
  [createRequire(import.meta.url).resolve('next/dist/bin/next'), ...process.argv.slice(2)],
  {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    env: { ...process.env, ...provider.env },
    stdio: 'inherit',
  },
);
// Next answers what is under way, and ends. Then so does this.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => next.kill(signal));
next.on('exit', async (code) => {
  process.exitCode = code ?? 1;
  await provider.close();
});

/** Starts the provider on a free port, with this app as its client. Returns the variables by which the app finds it. */
async function startProvider() {
  const client = { client_id: 'example', client_secret: randomBytes(32).toString('hex') };
  const { issuer, setFaults, close } = await startIdentityProvider({
    clients: [
      {
        ...client,
        redirect_uris: [`${SITE_URL}/sign-in/oauth/callback`],
        post_logout_redirect_uris: [`${SITE_URL}/sign-in`],
        backchannel_logout_uri: `${SITE_URL}/backchannel-logout`,
      },
    ],
  });
  // Milliseconds, as of a provider that is far away: long enough to see who waits.
  setFaults({ before: 300 });
  console.log(`Identity provider: ${issuer}`);
  const env = {
    SITE_URL,
    OAUTH_ISSUER: issuer,
    OAUTH_CLIENT_ID: client.client_id,
    OAUTH_CLIENT_SECRET: client.client_secret,
    OAUTH_CALLS_URL: `${issuer}/__admin`,
  };
  return { env, close };
}
