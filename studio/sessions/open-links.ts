import { createHash, randomBytes } from 'node:crypto';
import type { ReceivedRequest } from '../../src/local-server/request-overrides.js';
import { giveCookie, type IssuedCookie } from './issued-cookie.js';

const LIFETIME_MS = 60_000;
/** What the query of a link has in front of its code. */
const MARK = 'session-studio=';

/** A link that opens the app as a session. */
interface OpenLink {
  readonly cookie: IssuedCookie;
  readonly until: number;
}

/**
 * The links that open the app as a session: its own address, with a code in the query. The app's request with that runs as the
 * session, and its response gives the cookie to the browser. A code works once, for a minute.
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
    this.#links.set(hashOf(code), { cookie, until: now + LIFETIME_MS });
    const url = new URL(address);
    url.search += `${url.search === '' ? '' : '&'}${MARK}${code}`;
    return url.href;
  }

  /** Lets a request that begins run as the session of its link, if it has one. The app does not see the code, not even a used one. */
  apply(received: ReceivedRequest): void {
    const { request } = received;
    const [path = '', query] = (request.url ?? '').split(/\?(.*)/s);
    if (!query?.includes(MARK)) return;
    const parts = query.split('&');
    const others = parts.filter((part) => !part.startsWith(MARK));
    request.url = others.length === 0 ? path : `${path}?${others.join('&')}`;
    for (const part of parts) {
      const cookie = part.startsWith(MARK) ? this.#take(part.slice(MARK.length)) : undefined;
      if (cookie) giveCookie(received, cookie);
    }
  }

  #take(code: string): IssuedCookie | undefined {
    const hash = hashOf(code);
    const link = this.#links.get(hash);
    this.#links.delete(hash);
    return link && link.until > Date.now() ? link.cookie : undefined;
  }
}

function hashOf(code: string): string {
  return createHash('sha256').update(code).digest('hex');
}
