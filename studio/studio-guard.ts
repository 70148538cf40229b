import { SessionError } from '../src/lib/errors.js';
import { isNextBuild } from '../src/lib/next-build.js';
import { deploymentOf, type Environment } from '../src/local-server/deployment.js';

/**
 * Returns whether this process should have a studio.
 *
 * @throws ERR_SESSION_STUDIO if it must not.
 */
export function isStudioWanted(environment: Environment): boolean {
  // Next may load an app's modules during the build, too.
  if (isNextBuild(environment)) return false;
  const deployment = deploymentOf(environment);
  if (deployment !== null) {
    throw refused(`this process runs on ${deployment}. If it is your own machine, unset that variable`);
  }
  if (environment.NODE_ENV !== 'development') {
    throw refused(`NODE_ENV is ${JSON.stringify(environment.NODE_ENV ?? '')}, not "development"`);
  }
  return true;
}

function refused(why: string): SessionError {
  return new SessionError(
    'ERR_SESSION_STUDIO',
    `startSessionStudio refuses to start: ${why}. Anybody who opens the studio sees and changes every session. Call it only if ` +
      "process.env.NODE_ENV === 'development'.",
  );
}
