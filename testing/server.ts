import type { NextAppSession } from '../src/next-app-session.js';
import { isTestServerWanted } from './control/test-server-guard.js';

/**
 * Lets Playwright tests reach the sessions of this app, by `controlBackend()`: to sign users in, to look at their
 * sessions, and to make the store fail. For `instrumentation.ts`:
 *
 * @example
 * export async function register() {
 *   if (process.env.NEXT_RUNTIME !== 'nodejs') return;
 *   const { startSessionTestServer } = await import('next-app-session/testing/server');
 *   const { session } = await import('./lib/session');
 *   await startSessionTestServer(session);
 * }
 *
 * It does nothing, and loads nothing, unless Playwright has set `NEXT_APP_SESSION_TEST_SECRET`. Then it listens on
 * 127.0.0.1 alone, for requests with that secret.
 *
 * @param session what `nextAppSession(…)` returned. Call it again for another session.
 * @throws ERR_SESSION_TESTING when the secret is too short, the port is taken, or this is a host's deployment.
 */
export async function startSessionTestServer<Data extends object>(
  session: NextAppSession<Data>,
): Promise<void> {
  if (!isTestServerWanted(process.env)) return;
  const { openControlServer } = await import('./control/control-server.js');
  await openControlServer(session, process.env);
}
