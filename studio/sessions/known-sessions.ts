import { hashSessionId } from '../../src/record/session-id.js';
import type { Handles } from './handles.js';
import { type KnownWrite, WriteHistory } from './write-history.js';

/** A session that this process has seen. */
export interface KnownSession {
  readonly handle: string;
  /** The name of its cookie. */
  readonly name: string;
  /** What the store knows it by. */
  readonly key: string;
}

const MAX_SESSIONS = 1000;

/**
 * The sessions that this process has seen, those seen last at the end. A store cannot be asked for all that it has.
 *
 * The library keeps other records in a store too, such as the leases of sign-ins. So a key counts as a session only if a cookie has
 * proven its ID, or the index of a user names it.
 */
export class KnownSessions {
  readonly #handles: Handles;
  readonly #sessions = new Map<string, KnownSession>();
  readonly #writes = new WriteHistory();
  /** The handles that the index of a user has named. */
  readonly #indexed = new Set<string>();
  /** IDs by handle, for the link that opens the app. They never leave the process by another way. */
  readonly #ids = new Map<string, string>();

  constructor(handles: Handles) {
    this.#handles = handles;
  }

  /** Those seen last come first. */
  get all(): readonly KnownSession[] {
    return [...this.#sessions.values()].filter(({ handle }) => this.isSession(handle)).toReversed();
  }

  isSession(handle: string): boolean {
    return this.#ids.has(handle) || this.#indexed.has(handle);
  }

  /** Records what the index of a user names. Returns its handle. */
  addIndexed(name: string, key: string): string {
    const handle = this.add(name, key);
    this.#indexed.add(handle);
    return handle;
  }

  /** Records that a call was about a key. Returns its handle. */
  add(name: string, key: string): string {
    const handle = this.#handles.of(name, key);
    this.#sessions.delete(handle);
    this.#sessions.set(handle, { handle, name, key });
    if (this.#sessions.size > MAX_SESSIONS) this.#forgetOldest();
    return handle;
  }

  /** Records a session ID that a cookie has proven. */
  addId(name: string, id: string): void {
    // The store decides which of them is its key, and may not be open yet.
    for (const key of [hashSessionId(id), id]) {
      const handle = this.#handles.of(name, key);
      this.#ids.delete(handle);
      this.#ids.set(handle, id);
    }
    for (const handle of this.#ids.keys()) {
      if (this.#ids.size <= 4 * MAX_SESSIONS) break;
      this.#ids.delete(handle);
    }
  }

  find(handle: string): KnownSession | undefined {
    return this.#sessions.get(handle);
  }

  /** Returns the session ID of a handle, if a cookie of this process had it. */
  idOf(handle: string): string | undefined {
    return this.#ids.get(handle);
  }

  wrote(handle: string, write: KnownWrite): void {
    this.#writes.add(handle, write);
  }

  /** Returns the last writes of a session, the oldest first. */
  writesOf(handle: string): readonly KnownWrite[] {
    return this.#writes.of(handle);
  }

  #forgetOldest(): void {
    const [oldest] = this.#sessions.keys();
    if (oldest === undefined) return;
    this.#sessions.delete(oldest);
    this.#indexed.delete(oldest);
    this.#writes.forget(oldest);
  }
}
