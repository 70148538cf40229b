import type { Clock } from '../lib/clock.js';
import type { MaybePromise } from '../lib/maybe-promise.js';
import type { Telemetry } from '../telemetry/telemetry.js';
import type { Deadline } from './deadline.js';
import type { OpenStore } from './open-store.js';

/** What a request's session goes by. Made once, where the request is entered, and passed on from there. */
export interface RequestContext {
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  openStore(deadline: Deadline): MaybePromise<OpenStore>;
}
