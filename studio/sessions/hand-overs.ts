import type { IncomingMessage, ServerResponse } from 'node:http';
import { proveId, signId } from '../../src/cookie/signature.js';
import { SessionError } from '../../src/lib/errors.js';
import type { ResolvedOptions } from '../../src/options/options.js';
import { cookieValues } from '../../src/scope/cookie-values.js';
import { ResponseHead } from '../../src/scope/response-head.js';

/** A new ID that the browser of a session does not know yet. */
interface HandOver {
  readonly id: string;
  /** The header that gives it to the browser. */
  readonly setCookie: string;
  /** How long the old ID still stands for the new one after a response had that, in milliseconds. */
  readonly graceMs: number;
}

const MAX_KEPT = 1000;

/**
 * Hands the new IDs of sessions that the studio has moved to their browsers: the next request with the old cookie runs as if it had the
 * new one, and its response sets that. In the app, the response to the request that moves a session does so.
 */
export class HandOvers {
  /** By the old ID. */
  readonly #pending = new Map<string, { readonly to: HandOver; until: number }>();

  add(oldId: string, to: HandOver): void {
    this.#pending.set(oldId, { to, until: Number.POSITIVE_INFINITY });
    const [oldest] = this.#pending.keys();
    if (this.#pending.size > MAX_KEPT && oldest !== undefined) this.#pending.delete(oldest);
  }

  /** Replaces old IDs in the cookies of a request that begins, and sends the new ones with its response. */
  apply(request: IncomingMessage, response: ServerResponse, all: readonly ResolvedOptions[]): void {
    const { cookie } = request.headers;
    if (cookie === undefined || this.#pending.size === 0) return;
    const pairs = cookie.split(';').map((pair) => {
      const name = pair.split('=', 1)[0]?.trim() ?? '';
      const options = all.find(({ names }) => names.includes(name));
      const to = options && this.#successor(name, pair, options);
      if (!to) return pair;
      // If the app sets the cookie itself, that one is sent.
      new ResponseHead(response).offer(options.name, to.setCookie);
      return `${name}=${encodeURIComponent(signId(to.id, options.secrets))}`;
    });
    request.headers.cookie = pairs.map((pair) => pair.trim()).join('; ');
  }

  /** Returns where the session of a cookie is now, if the studio has moved it: perhaps several times. */
  #successor(name: string, pair: string, { secrets }: ResolvedOptions): HandOver | undefined {
    const [value] = cookieValues(name, pair, undefined);
    if (value === undefined || SessionError.is(secrets)) return undefined;
    let found: HandOver | undefined;
    for (let id = proveId(value, secrets)?.id; id !== undefined; id = found?.id) {
      const next = this.#take(id);
      if (!next) break;
      found = next;
    }
    return found;
  }

  #take(id: string): HandOver | undefined {
    const pending = this.#pending.get(id);
    const now = Date.now();
    if (!pending || pending.until < now) return undefined;
    pending.until = Math.min(pending.until, now + pending.to.graceMs);
    return pending.to;
  }
}
