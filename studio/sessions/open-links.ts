import { createHash, randomBytes } from 'node:crypto';

const LIFETIME_MS = 60_000;

/** A link that opens the app as a session. */
interface OpenLink {
  readonly handle: string;
  readonly until: number;
}

/** The codes of links that open the app as a session. Each works once, for a minute. */
export class OpenLinks {
  /** By the hash of the code: how long a look-up takes then says nothing of it. */
  readonly #links = new Map<string, OpenLink>();

  /** Returns a new code. */
  make(handle: string): string {
    const now = Date.now();
    for (const [hash, { until }] of this.#links) if (until <= now) this.#links.delete(hash);
    const code = randomBytes(32).toString('base64url');
    this.#links.set(hashOf(code), { handle, until: now + LIFETIME_MS });
    return code;
  }

  /** Returns the handle of the session that a code stands for, once. */
  take(code: string): string | undefined {
    const hash = hashOf(code);
    const link = this.#links.get(hash);
    this.#links.delete(hash);
    return link && link.until > Date.now() ? link.handle : undefined;
  }
}

function hashOf(code: string): string {
  return createHash('sha256').update(code).digest('hex');
}
