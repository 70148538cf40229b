import { SessionError } from '../../src/lib/errors.js';
import { isNextBuild } from '../../src/lib/next-build.js';
import { MIN_SECRET_LENGTH, SECRET_VARIABLE } from './control-protocol.js';

/**
 * The variables that hosting platforms set for an app, from their documentation. Kubernetes and ECS are left
 * out: test machines run there, too.
 */
const HOSTS: Readonly<Record<string, string>> = {
  VERCEL: 'Vercel',
  NETLIFY: 'Netlify',
  AWS_LAMBDA_FUNCTION_NAME: 'AWS Lambda',
  K_SERVICE: 'Cloud Run',
  GAE_SERVICE: 'App Engine',
  WEBSITE_INSTANCE_ID: 'Azure App Service',
  CONTAINER_APP_NAME: 'Azure Container Apps',
  DYNO: 'Heroku',
  FLY_APP_NAME: 'Fly.io',
  RENDER: 'Render',
  RAILWAY_ENVIRONMENT_ID: 'Railway',
  CF_PAGES: 'Cloudflare Pages',
  DENO_DEPLOYMENT_ID: 'Deno Deploy',
};

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Returns whether this process should let tests in.
 *
 * @throws ERR_SESSION_TESTING if it is asked to but must not.
 */
export function isTestServerWanted(environment: Environment): boolean {
  const secret = environment[SECRET_VARIABLE];
  // Next may load an app's modules during the build, too.
  if (secret === undefined || isNextBuild(environment)) return false;
  const variable = deployedBy(environment);
  if (variable !== undefined) {
    throw refused(
      `this process runs on ${HOSTS[variable]} (${variable} is set). Anyone with the secret can sign in as any ` +
        `user: it is for test machines. Unset ${SECRET_VARIABLE}.`,
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

function deployedBy(environment: Environment): string | undefined {
  // `vercel env pull` sets VERCEL on a developer's machine, too.
  const isPulled = environment.VERCEL_ENV === 'development';
  return Object.keys(HOSTS).find((variable) => environment[variable] && !(variable === 'VERCEL' && isPulled));
}

function refused(why: string): SessionError {
  return new SessionError('ERR_SESSION_TESTING', `startSessionTestServer refuses to start: ${why}`);
}
