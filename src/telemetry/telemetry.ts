import { EventHook } from '../events/event-hook.js';
import type { LifeEvent } from '../events/session-event.js';
import type { ResolvedOptions } from '../options/options.js';
import { sessionHash } from '../record/session-id.js';
import { surroundings } from '../test-seam/surroundings.js';
import { instruments, sdkFailed } from './open-telemetry.js';
import { type HashOf, ObservedStore } from './store-observation.js';
import { ATTRIBUTE, METRIC } from './telemetry-names.js';

/** Which counter counts an event. The others are outcomes of store calls. */
const COUNTERS = {
  created: 'created',
  regenerated: 'regenerated',
  destroyed: 'destroyed',
  cookie_rejected: 'cookieRejected',
  expired: undefined,
  conflict: undefined,
} as const;

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
  record(event: LifeEvent, id?: string | null): void {
    try {
      count(event);
    } catch (error) {
      sdkFailed(error);
    }
    this.#hook?.emit({ ...event, ...this.#hashOf(id) });
  }

  /** The hash by which one session's spans and events are found, where the app asked for it. */
  readonly #hashOf: HashOf = (id) =>
    this.#hashKey === undefined || id == null ? {} : { sessionHash: sessionHash(id, this.#hashKey) };
}

function count(event: LifeEvent): void {
  const counter = COUNTERS[event.type];
  if (!counter) return;
  const labels = event.type === 'destroyed' ? { [ATTRIBUTE.reason]: event.reason } : {};
  instruments()?.[counter].add(1, labels);
  surroundings()?.recorder?.measure({ metric: METRIC[counter], value: 1, attributes: labels });
}
