import { createHash, randomBytes } from 'node:crypto';

/** The client that the tests register at the provider. */
export const CLIENT = { client_id: 'app', client_secret: 'secret of the app' } as const;
export const REDIRECT_URI = 'http://app.test/sign-in/callback';

/** What a token endpoint answers. */
export interface TokenAnswer {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly id_token: string;
  readonly expires_in: number;
}

/** Somebody's browser at the identity provider: it follows redirects and keeps cookies. */
export class BrowserAtProvider {
  readonly #issuer: string;
  readonly #cookies = new Map<string, string>();

  constructor(issuer: string) {
    this.#issuer = issuer;
  }

  /** Signs in by the authorization code flow with PKCE. Returns the tokens. */
  async signIn(name: string): Promise<TokenAnswer> {
    const verifier = randomBytes(32).toString('base64url');
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: CLIENT.client_id,
      redirect_uri: REDIRECT_URI,
      scope: 'openid profile offline_access',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    });
    const code = new URL(await this.authorize(`/auth?${query}`, name)).searchParams.get('code') ?? '';
    const form = {
      grant_type: 'authorization_code',
      code,
      code_verifier: verifier,
      redirect_uri: REDIRECT_URI,
    };
    const answer = await askForTokens(this.#issuer, form);
    if (!answer.ok) throw new Error(`No tokens for the code: ${await answer.text()}`);
    return (await answer.json()) as TokenAnswer;
  }

  /** Signs in where an app has sent the browser to. Returns the address that leads back to the app. */
  async authorize(at: string, name: string): Promise<string> {
    const { url } = await this.open(at);
    // Who has a session at the provider is asked for nothing.
    if (!url.includes('/interaction/')) return url;
    return (await this.open(url, new URLSearchParams({ name }))).url;
  }

  /** Signs out at the provider, which tells its clients so. */
  async signOut(): Promise<void> {
    const { text } = await this.open('/session/end');
    const xsrf = /name="xsrf" value="(\w+)"/.exec(text)?.[1] ?? '';
    await this.open('/session/end/confirm', new URLSearchParams({ xsrf, logout: 'yes' }));
  }

  /** Opens a page, and follows its redirects within the provider. Returns where they lead out of it. */
  async open(path: string, form?: URLSearchParams): Promise<{ url: string; text: string }> {
    const url = new URL(path, this.#issuer);
    if (url.origin !== this.#issuer) return { url: url.href, text: '' };
    const response = await fetch(url, {
      ...(form && { method: 'POST', body: form }),
      headers: { cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      redirect: 'manual',
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [name = '', value = ''] = cookie.split(';', 1)[0]?.split('=') ?? [];
      this.#cookies.set(name, value);
    }
    const location = response.headers.get('location');
    if (location) return this.open(location);
    return { url: url.href, text: await response.text() };
  }
}

/** Asks for new tokens as an app does. */
export function refreshTokens(issuer: string, token: string, signal?: AbortSignal): Promise<Response> {
  return askForTokens(issuer, { grant_type: 'refresh_token', refresh_token: token }, signal);
}

function askForTokens(
  issuer: string,
  form: Record<string, string>,
  signal: AbortSignal | null = null,
): Promise<Response> {
  const body = new URLSearchParams({ ...form, ...CLIENT });
  return fetch(`${issuer}/token`, { method: 'POST', body, signal });
}
