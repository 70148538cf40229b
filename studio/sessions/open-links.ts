import { createHash, randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { ReceivedRequest } from '../../src/local-server/request-overrides.js';
import { giveCookie, type IssuedCookie } from './issued-cookie.js';

const LIFETIME_MS = 60_000;
/** What the query of a link has in front of its code. */
const MARK = 'session-studio=';
const CODE = new RegExp(`[?&]${MARK}([\\w-]{43})(?:&|$)`);

/** A link that opens the app as a session. */
interface OpenLink {
  readonly cookie: IssuedCookie;
  /** Where it leads in the end: the address of the app, without the code. */
  readonly address: string;
  readonly until: number;
}

/**
 * The links that open the app as a session: its own address, with a code in the query. The app runs as the session, but in place
 * of its answer, the browser gets the cookie and goes to the address without the code. A code works once, for a minute.
 */
export class OpenLinks {
  /** By the hash of the code: how long a look-up takes then says nothing of it. */
  readonly #links = new Map<string, OpenLink>();

  /**
   * Returns a new link.
   *
   * @param address where the browser has the app.
   */
  make(cookie: IssuedCookie, address: string): string {
    const now = Date.now();
    for (const [hash, { until }] of this.#links) if (until <= now) this.#links.delete(hash);
    const code = randomBytes(32).toString('base64url');
    this.#links.set(hashOf(code), { cookie, address, until: now + LIFETIME_MS });
    const url = new URL(address);
    url.search += `${url.search === '' ? '' : '&'}${MARK}${code}`;
    return url.href;
  }

  /** Replaces the answer to a request that begins, if it has the code of a link. */
  apply(received: ReceivedRequest): void {
    const code = CODE.exec(received.request.url ?? '')?.[1];
    const link = code === undefined ? undefined : this.#take(code);
    if (!link) return;
    giveCookie(received, link.cookie);
    redirect(received.response, link.address);
  }

  #take(code: string): OpenLink | undefined {
    const hash = hashOf(code);
    const link = this.#links.get(hash);
    this.#links.delete(hash);
    return link && link.until > Date.now() ? link : undefined;
  }
}

/** Sends the browser elsewhere, whatever the app answers. No server has to be patched. */
function redirect(response: ServerResponse, location: string): void {
  const writeHead = response.writeHead.bind(response);
  response.writeHead = () => writeHead(303, { location, 'cache-control': 'no-store' });
}

function hashOf(code: string): string {
  return createHash('sha256').update(code).digest('hex');
}
