import { EventHook } from './event-hook.js';
import { instruments } from './open-telemetry.js';
import type { ResolvedOptions } from './options.js';
import type { LifeEvent } from './session-event.js';
import { sessionHash } from './session-id.js';
import { ObservedStore } from './store-observation.js';
import { ATTRIBUTE } from './telemetry-names.js';

/** What an app sees of its sessions: spans and metrics through OpenTelemetry, and events. */
export class Telemetry {
  readonly #hook: EventHook | undefined;
  readonly #hashKey: string | undefined;

  constructor({ onEvent, sessionHash, secrets }: ResolvedOptions) {
    this.#hook = onEvent && new EventHook(onEvent);
    this.#hashKey = sessionHash ? secrets[0] : undefined;
  }

  /** What sees the calls of the store with this name. */
  observeStore(name: string): ObservedStore {
    return new ObservedStore(name, this.#hook, this.#hashOf);
  }

  /** Counts and tells what became of a session. */
  record(event: LifeEvent, id?: string): void {
    count(event);
    this.#hook?.emit({ ...event, ...(id !== undefined && this.#hashOf(id)) });
  }

  /** The hash by which one session's spans and events are found, where the app asked for it. */
  readonly #hashOf = (id: string): { readonly sessionHash?: string } =>
    this.#hashKey === undefined ? {} : { sessionHash: sessionHash(id, this.#hashKey) };
}

function count(event: LifeEvent): void {
  const counters = instruments();
  if (!counters) return;
  if (event.type === 'created') counters.created.add(1);
  else if (event.type === 'regenerated') counters.regenerated.add(1);
  else if (event.type === 'destroyed') counters.destroyed.add(1, { [ATTRIBUTE.reason]: event.reason });
  else if (event.type === 'cookie_rejected') counters.cookieRejected.add(1);
}
