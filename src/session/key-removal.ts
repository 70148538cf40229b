import { checkKey } from '../lib/json.js';
import type { Change } from '../repository/change.js';

/** The removal of one key, and what the key held. */
export class KeyRemoval {
  readonly #key: string;
  /** What the last try removed; `null` if there was no such key. A try before it wrote nothing. */
  removed: unknown = null;

  /** @throws ERR_SESSION_KEY for a key that cannot be. */
  constructor(key: string) {
    checkKey(key);
    this.#key = key;
  }

  readonly change: Change = (session) => {
    const { [this.#key]: value, ...data } = session.data;
    const isThere = Object.hasOwn(session.data, this.#key);
    this.removed = isThere ? value : null;
    return isThere ? { ...session, data } : session;
  };
}
