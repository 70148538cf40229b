import { proveId } from '../../src/cookie/signature.js';
import { SessionError } from '../../src/lib/errors.js';
import type { ReceivedRequest } from '../../src/local-server/request-overrides.js';
import type { ResolvedOptions } from '../../src/options/options.js';
import { cookieValues } from '../../src/scope/cookie-values.js';
import { giveCookie, type IssuedCookie } from './issued-cookie.js';

/** A new ID that the browser of a session does not know yet. */
interface CookieReplacement {
  readonly id: string;
  readonly cookie: IssuedCookie;
  /** How long the old ID still stands for the new one after a response had that, in milliseconds. */
  readonly graceMs: number;
}

const MAX_KEPT = 1000;

/**
 * Hands the new IDs of sessions that the studio has moved to their browsers: the next request with the old cookie runs as if it had the
 * new one, and its response sets that. In the app, the response to the request that moves a session does so.
 */
export class CookieReplacements {
  /** By the old ID. */
  readonly #pending = new Map<string, { readonly to: CookieReplacement; until: number }>();

  add(oldId: string, to: CookieReplacement): void {
    // The `genid` option may give an ID again.
    this.#pending.delete(to.id);
    this.#pending.set(oldId, { to, until: Number.POSITIVE_INFINITY });
    const [oldest] = this.#pending.keys();
    if (this.#pending.size > MAX_KEPT && oldest !== undefined) this.#pending.delete(oldest);
  }

  /** Replaces old IDs in the cookies of a request that begins, and sends the new ones with its response. */
  apply(received: ReceivedRequest, all: readonly ResolvedOptions[]): void {
    if (this.#pending.size === 0) return;
    for (const options of all) {
      const to = this.#successor(received.request.headers.cookie, options);
      if (to) giveCookie(received, to.cookie);
    }
  }

  /** Returns where the session of a cookie is now, if the studio has moved it: perhaps several times. */
  #successor(header: string | undefined, { names, secrets }: ResolvedOptions): CookieReplacement | undefined {
    if (SessionError.is(secrets)) return undefined;
    const values = names.flatMap((name) => cookieValues(name, header, undefined));
    let found: CookieReplacement | undefined;
    for (const value of values) {
      for (let id = proveId(value, secrets)?.id; id !== undefined; ) {
        const next = this.#take(id);
        found = next ?? found;
        id = next?.id;
      }
      if (found) return found;
    }
    return undefined;
  }

  #take(id: string): CookieReplacement | undefined {
    const pending = this.#pending.get(id);
    const now = Date.now();
    if (!pending || pending.until < now) return undefined;
    pending.until = Math.min(pending.until, now + pending.to.graceMs);
    return pending.to;
  }
}
