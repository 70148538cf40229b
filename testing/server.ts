import type { NextAppSession } from '../src/next-app-session.js';
import { isTestServerWanted } from './control/test-server-guard.js';

/**
 * Lets Playwright tests reach the sessions of this app through `controlBackend()`: to sign users in, to look
 * at their sessions and to make the store fail. Call it in `instrumentation.ts`.
 *
 * Does nothing, and loads nothing, unless Playwright has set `NEXT_APP_SESSION_TEST_SECRET`. Then it opens a
 * server that listens on 127.0.0.1 only and answers only requests with that secret.
 *
 * @param session the function that `nextAppSession(…)` returned. An app with several sessions calls this for
 * each.
 * @returns when the server listens.
 * @throws ERR_SESSION_TESTING if `session` is something else, the secret is too short, the port is taken, or
 * the process runs on a hosting platform.
 * @example
 * export async function register() {
 *   if (process.env.NEXT_RUNTIME !== 'nodejs') return;
 *   const { startSessionTestServer } = await import('next-app-session/testing/server');
 *   const { session } = await import('./lib/session');
 *   await startSessionTestServer(session);
 * }
 */
export async function startSessionTestServer<Data extends object>(
  session: NextAppSession<Data>,
): Promise<void> {
  if (!isTestServerWanted(process.env)) return;
  const { openControlServer } = await import('./control/control-server.js');
  await openControlServer(session, process.env);
}
