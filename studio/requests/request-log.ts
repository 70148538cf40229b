import type { SeenRequest } from '../seen/seen-request.js';

/** A request as the log keeps it. It changes until the request has ended. */
export type LoggedRequest = { -readonly [K in keyof SeenRequest]: SeenRequest[K] };

type Listener = (request: SeenRequest) => void;

const MAX_REQUESTS = 1000;

/** The last requests of this process. */
export class RequestLog {
  readonly #requests = new Map<number, LoggedRequest>();
  readonly #listeners = new Set<Listener>();
  #lastId = 0;

  get all(): readonly SeenRequest[] {
    return [...this.#requests.values()];
  }

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  /** Adds a request, or tells that one has changed. */
  put(request: LoggedRequest): void {
    this.#requests.set(request.id, request);
    const [oldest] = this.#requests.keys();
    if (this.#requests.size > MAX_REQUESTS && oldest !== undefined) this.#requests.delete(oldest);
    for (const tell of this.#listeners) tell(request);
  }

  clear(): void {
    this.#requests.clear();
  }

  /** Calls `tell` for each request that is added or changes. Returns how to end that. */
  listen(tell: Listener): () => void {
    this.#listeners.add(tell);
    return () => void this.#listeners.delete(tell);
  }
}
