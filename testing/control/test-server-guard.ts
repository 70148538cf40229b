import { SessionError } from '../../src/lib/errors.js';
import { isNextBuild } from '../../src/lib/next-build.js';
import { deploymentOf, type Environment } from '../../src/local-server/deployment.js';
import { MIN_SECRET_LENGTH, SECRET_VARIABLE } from './control-protocol.js';

/**
 * Returns whether this process should let tests in.
 *
 * @throws ERR_SESSION_TESTING if it is asked to but must not.
 */
export function isTestServerWanted(environment: Environment): boolean {
  const secret = environment[SECRET_VARIABLE];
  // Next may load an app's modules during the build, too.
  if (secret === undefined || isNextBuild(environment)) return false;
  const deployment = deploymentOf(environment);
  if (deployment !== null) {
    throw refused(
      `this process runs on ${deployment}. Anybody who has the secret can sign in as ` +
        `every user: it is for test machines. Unset ${SECRET_VARIABLE}.`,
    );
  }
  if (secret.length < MIN_SECRET_LENGTH) {
    throw refused(
      `${SECRET_VARIABLE} is too short. Leave it out, and controlBackend() makes one. Or set it to ` +
        'the output of "openssl rand -hex 32".',
    );
  }
  return true;
}

function refused(why: string): SessionError {
  return new SessionError('ERR_SESSION_TESTING', `startSessionTestServer refuses to start: ${why}`);
}
