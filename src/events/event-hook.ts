import type { SessionEvent } from './session-event.js';

export type SessionEventListener = (event: SessionEvent) => unknown;

/** Passes events on to the app's listener, which can neither break nor delay the request that they are about. */
export class EventHook {
  readonly #listener: SessionEventListener;
  #warned = false;

  constructor(listener: SessionEventListener) {
    this.#listener = listener;
  }

  /** Within the same async context, so that a log line of the listener finds its trace. */
  emit(event: SessionEvent): void {
    setImmediate(() => this.#tell(event));
  }

  async #tell(event: SessionEvent): Promise<void> {
    try {
      await this.#listener(event);
    } catch (error) {
      if (this.#warned) return;
      this.#warned = true;
      console.error(
        'next-app-session: the onEvent option threw. It is called on, and not reported again.',
        error,
      );
    }
  }
}
