import type { Clock } from '../lib/clock.js';
import type { Deadline } from '../lib/deadline.js';
import type { HostProcess } from '../lib/host-process.js';
import type { MaybePromise } from '../lib/maybe-promise.js';
import type { Telemetry } from '../telemetry/telemetry.js';
import type { OpenStore } from './open-store.js';

/** A call of the app's `renew`, as a test takes it over. */
export interface RenewCall {
  readonly key: string;
  /** Calls the app's function. */
  run(): Promise<unknown>;
  /** Aborts its signal, as at the timeout. Returns the error of that. */
  timeOut(): Error;
}

/** What a test does with the calls of `refresh`. */
export interface RefreshHooks {
  /** Tells that a caller waits for the value of a key. */
  onWait(key: string): void;
  /** Makes a call of `renew`, and decides when it ends. */
  aroundRenew(call: RenewCall): Promise<unknown>;
}

/** The clock, process, telemetry and store of requests: those of the app, or of one request of a test. */
export interface RequestContext {
  readonly clock: Clock;
  readonly process: HostProcess;
  readonly telemetry: Telemetry;
  openStore(deadline: Deadline): MaybePromise<OpenStore>;
  readonly refreshHooks?: RefreshHooks | undefined;
}
