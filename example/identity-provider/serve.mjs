// The identity provider of the example: node example/identity-provider/serve.mjs
import { startIdentityProvider } from './identity-provider.mjs';

const { IDENTITY_PROVIDER_PORT = '3001', SITE_URL = 'http://localhost:3000' } = process.env;
const { issuer } = await startIdentityProvider({
  port: Number(IDENTITY_PROVIDER_PORT),
  accessTokenSeconds: 30,
  clients: [
    {
      client_id: process.env.OAUTH_CLIENT_ID ?? 'example',
      client_secret: process.env.OAUTH_CLIENT_SECRET ?? 'for this example only',
      redirect_uris: [`${SITE_URL}/sign-in/oauth/callback`],
      post_logout_redirect_uris: [SITE_URL],
      backchannel_logout_uri: `${SITE_URL}/sign-in/oauth/backchannel-logout`,
    },
  ],
});
console.log(`Identity provider: ${issuer}`);
