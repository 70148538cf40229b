import type { StoreOperation } from '../../src/events/session-event.js';
import type { SeenWarning } from './seen-request.js';

/** What is set in the studio, and which sessions the app has. */
export interface StudioState {
  /** The name of the app, by its package.json. */
  readonly app: string | null;
  readonly sessions: readonly {
    /** The name of its cookie. */
    readonly name: string;
    readonly names: readonly string[];
    /** Whether it has the `user` option. */
    readonly hasUsers: boolean;
  }[];
  /** The library's warnings so far, in requests and outside of them. */
  readonly warnings: readonly SeenWarning[];
  readonly faults: readonly FaultRule[];
  readonly isFrozen: boolean;
  /** By how much the clock was put forward, in milliseconds. */
  readonly aheadMs: number;
}

/** What happens to the next calls of an operation. */
export interface FaultRule {
  readonly id: number;
  /** Null for every operation. */
  readonly operation: StoreOperation | null;
  /** The handle of the session; null for all sessions. */
  readonly session: string | null;
  readonly effect: FaultEffect;
  /** How many calls it still applies to. */
  readonly left: number;
}

export type FaultEffect =
  /** The call fails as that of a driver without a connection does. It is not sent. */
  { readonly is: 'fail' } | { readonly is: 'delay'; readonly ms: number };
