import type { NextAppSession } from '../src/next-app-session.js';
import { isStudioWanted } from './studio-guard.js';
import { checkStudioOptions, type StudioOptions } from './studio-options.js';

export type { StudioOptions } from './studio-options.js';

/**
 * Opens Session Studio: a page on this machine that shows every request of the app with what it does to its session, and lets you
 * look at sessions and change them. For development: call it in `instrumentation.ts`. Prints the address of the page.
 *
 * It listens on 127.0.0.1 only, and answers only those who have the token in the address. It works with every store, survives hot reloads
 * and ends with the process.
 *
 * @param session the function that `nextAppSession(…)` returned. An app with several sessions calls this for each.
 * @returns when the page can be opened. Does nothing while `next build` runs.
 * @throws ERR_SESSION_STUDIO if `NODE_ENV` is not `development`, the process runs on a hosting platform, `session` is something
 * else, or the port is taken; ERR_SESSION_OPTIONS for an option that does not exist or has a
 * wrong value.
 * @example
 * export async function register() {
 *   if (process.env.NEXT_RUNTIME === 'nodejs' && process.env.NODE_ENV === 'development') {
 *     const { startSessionStudio } = await import('next-app-session/studio');
 *     const { session } = await import('./lib/session');
 *     await startSessionStudio(session);
 *   }
 * }
 */
export async function startSessionStudio<Data extends object, Listed extends object>(
  session: NextAppSession<Data, Listed>,
  options: StudioOptions = {},
): Promise<void> {
  // By this name, a bundler writes in what the app was built for. A server may say something else.
  if (!isStudioWanted({ ...process.env, NODE_ENV: process.env.NODE_ENV })) return;
  checkStudioOptions(options);
  const { openStudio } = await import('./server/studio-server.js');
  await openStudio(session, options.port, options.appUrl);
}
