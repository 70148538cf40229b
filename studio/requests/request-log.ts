import { MAX_REQUESTS } from '../seen/request-limit.js';
import type { SeenRequest } from '../seen/seen-request.js';

/** A request as the log keeps it. It changes until the request has ended. */
export type LoggedRequest = { -readonly [K in keyof SeenRequest]: SeenRequest[K] };

interface Entry {
  readonly request: LoggedRequest;
  /** The number of its last change. */
  readonly change: number;
  /** How many calls and events it had then. */
  readonly parts: number;
}

/** Calls and events of all requests together: some 5 MB. */
const MAX_PARTS = 20_000;

/** The last requests of this process. */
export class RequestLog {
  readonly #entries = new Map<number, Entry>();
  readonly #listeners = new Set<() => void>();
  #lastId = 0;
  #lastChange = 0;
  #parts = 0;
  /** The latest request that was let go. */
  #forgotten = 0;

  get all(): readonly SeenRequest[] {
    return this.changedSince(0);
  }

  /** The number of the last change. */
  get lastChange(): number {
    return this.#lastChange;
  }

  /** Returns the requests that were added or have changed after a change, the oldest first. */
  changedSince(change: number): readonly SeenRequest[] {
    return [...this.#entries.values()].filter((entry) => entry.change > change).map(({ request }) => request);
  }

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  /** Adds a request, or tells that one has changed. One that was let go does not come back, even if it goes on for long. */
  put(request: LoggedRequest): void {
    if (request.id <= this.#forgotten && !this.#entries.has(request.id)) return;
    this.#lastChange += 1;
    const parts = request.calls.length + request.events.length;
    this.#parts += parts - (this.#entries.get(request.id)?.parts ?? 0);
    this.#entries.set(request.id, { request, change: this.#lastChange, parts });
    for (const [id, oldest] of this.#entries) {
      if (this.#entries.size <= MAX_REQUESTS && this.#parts <= MAX_PARTS) break;
      this.#entries.delete(id);
      this.#parts -= oldest.parts;
      this.#forgotten = Math.max(this.#forgotten, id);
    }
    for (const tell of this.#listeners) tell();
  }

  clear(): void {
    this.#entries.clear();
    this.#parts = 0;
  }

  /** Calls `tell` when a request is added or changes. Returns how to end that. */
  listen(tell: () => void): () => void {
    this.#listeners.add(tell);
    return () => void this.#listeners.delete(tell);
  }
}
