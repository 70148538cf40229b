import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';

type Claims = Readonly<Record<string, unknown>>;

const CLIENT_ID = 'the-app';
const EVENTS = { 'http://schemas.openid.net/event/backchannel-logout': {} };

/** An identity provider as far as logout tokens go: it shows its keys, and signs tokens. */
export class LogoutProvider {
  readonly #server: Server;
  readonly #keys: { readonly own: CryptoKey; readonly another: CryptoKey };
  /** Whether it shows its keys. */
  isUp = true;

  private constructor(server: Server, keys: { own: CryptoKey; another: CryptoKey }) {
    this.#server = server;
    this.#keys = keys;
  }

  static async start(): Promise<LogoutProvider> {
    const [own, another] = await Promise.all([generateKeyPair('RS256'), generateKeyPair('RS256')]);
    const shown = { ...(await exportJWK(own.publicKey)), kid: 'own', alg: 'RS256', use: 'sig' };
    const server = createServer((_request, response) => {
      response.statusCode = provider.isUp ? 200 : 503;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ keys: [shown] }));
    });
    const provider = new LogoutProvider(server, { own: own.privateKey, another: another.privateKey });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return provider;
  }

  stop(): void {
    this.#server.close();
  }

  get #issuer(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The environment variables of an app that knows this provider. */
  get settings(): Record<string, string> {
    return {
      OIDC_ISSUER: this.#issuer,
      OIDC_CLIENT_ID: CLIENT_ID,
      OIDC_JWKS_URI: `${this.#issuer}/jwks`,
    };
  }

  /** The claims of a token that is valid for two minutes. A claim that is undefined is left out. */
  #claims(claims: Claims): JWTPayload {
    const now = Math.floor(Date.now() / 1000);
    const all = {
      iss: this.#issuer,
      aud: CLIENT_ID,
      iat: now,
      exp: now + 120,
      jti: crypto.randomUUID(),
      events: EVENTS,
      ...claims,
    };
    return JSON.parse(JSON.stringify(all));
  }

  /** Returns a token that is signed with its own key, or with another one under the same name. */
  sign(claims: Claims, key: 'own' | 'another' = 'own'): Promise<string> {
    const header = { alg: 'RS256', kid: 'own', typ: 'logout+jwt' };
    return new SignJWT(this.#claims(claims)).setProtectedHeader(header).sign(this.#keys[key]);
  }

  /** Returns a token of the algorithm `none`. */
  unsigned(claims: Claims): string {
    return new UnsecuredJWT(this.#claims(claims)).encode();
  }
}
