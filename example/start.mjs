// Runs Next with an identity provider beside it, and ends both: node start.mjs dev, or node start.mjs start after a build.
// With OAUTH_ISSUER, which names a provider elsewhere, it runs Next alone.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { appClient, appEnvironment } from './identity-provider/app-client.mjs';
import { startIdentityProvider } from './identity-provider/identity-provider.mjs';

const NEXT = createRequire(import.meta.url).resolve('next/dist/bin/next');

const { env } = process;
const provider = env.OAUTH_ISSUER ? null : await startProvider();
const next = spawn(process.execPath, [NEXT, ...process.argv.slice(2)], {
  cwd: fileURLToPath(new URL('.', import.meta.url)),
  env: { ...env, ...provider?.env },
  stdio: 'inherit',
});
// Next answers what is under way, and ends. Then this ends.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => next.kill(signal));
next.on('exit', (code) => {
  process.exitCode = code ?? 1;
  provider?.close();
});

async function startProvider() {
  const site = env.SITE_URL ?? `http://localhost:${env.PORT ?? 3000}`;
  const secret = randomBytes(32).toString('hex');
  const { issuer, setFaults, close } = await startIdentityProvider({ clients: [appClient(site, secret)] });
  // Milliseconds, as if it were far away: long enough to see who waits for a renewal.
  setFaults({ before: 300 });
  console.log(`Identity provider: ${issuer}`);
  return { env: appEnvironment(site, secret, issuer), close };
}
