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

export type Environment = Readonly<Record<string, string | undefined>>;

/** Returns where a process is deployed, for an error: the platform and its variable. Null for a process on no known platform. */
export function deploymentOf(environment: Environment): string | null {
  // `vercel env pull` sets VERCEL on a developer's machine, too.
  const isPulled = environment.VERCEL_ENV === 'development';
  const variable = Object.keys(HOSTS).find((name) => environment[name] && !(name === 'VERCEL' && isPulled));
  return variable === undefined ? null : `${HOSTS[variable]} (${variable} is set)`;
}
