/** Returns the example, served at `site`, as the provider knows it. */
export function appClient(site, secret) {
  return {
    client_id: 'example',
    client_secret: secret,
    redirect_uris: [`${site}/sign-in/oauth/callback`],
    post_logout_redirect_uris: [`${site}/sign-in`],
    backchannel_logout_uri: `${site}/backchannel-logout`,
  };
}

/** Returns the environment in which the example finds the provider. */
export function appEnvironment(site, secret, issuer) {
  return {
    SITE_URL: site,
    OAUTH_ISSUER: issuer,
    OAUTH_CLIENT_ID: 'example',
    OAUTH_CLIENT_SECRET: secret,
    OAUTH_CALLS_URL: `${issuer}/__admin`,
  };
}
