import type { Clock } from '../lib/clock.js';
import type { MaybePromise } from '../lib/maybe-promise.js';
import type { Telemetry } from '../telemetry/telemetry.js';
import type { Deadline } from './deadline.js';
import type { OpenStore } from './open-store.js';

/** The clock, telemetry and store of a request. Made once, at the request's first use of its session. */
export interface RequestContext {
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  openStore(deadline: Deadline): MaybePromise<OpenStore>;
}
