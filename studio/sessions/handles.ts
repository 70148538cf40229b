import { createHmac, randomBytes } from 'node:crypto';

const LENGTH = 16;

/**
 * What the studio's page knows sessions by. It leads to neither the ID nor the key: an HMAC under a key that no other process has.
 * With `hashIds: false` the key is the session ID, so keys must not leave the process either.
 */
export class Handles {
  readonly #secret = randomBytes(32);

  /** @param name of the cookie. */
  of(name: string, key: string): string {
    return createHmac('sha256', this.#secret).update(`${name}\n${key}`).digest('base64url').slice(0, LENGTH);
  }
}
