import { unconfirmed } from '../gateway/store-failures.js';
import type { HostProcess } from '../lib/host-process.js';
import type { MaybePromise } from '../lib/maybe-promise.js';
import { sessionGone, writeConflict } from '../lib/session-refusals.js';
import type { LiveSession, MaybeId, SessionRef, StoredSession } from './session-ref.js';

/** One try to write a session over what is stored. */
export type Attempt<Id extends MaybeId> = (live: LiveSession<Id>) => MaybePromise<LiveSession<Id> | Rejected>;

/** Another process was faster. Or the driver sent a write twice: then what is stored has this nonce. */
interface Rejected {
  readonly is: 'rejected';
  readonly nonce: string | null;
}

const MAX_BACKOFF_MS = 50;

/**
 * Runs `attempt` on the current session, alone in this process, until no other process is faster.
 *
 * @param known the request's copy, if it has one.
 * @returns the session as written; a grace copy if the session has moved to another ID; null if there is no session and the
 * request never saw one.
 * @throws ERR_SESSION_GONE if the known session has ended, ERR_SESSION_CONFLICT if others kept changing it until the deadline.
 */
export function writeOptimistically<Id extends MaybeId>(
  ref: SessionRef<Id>,
  known: LiveSession<Id> | undefined,
  attempt: Attempt<Id>,
): Promise<StoredSession<Id> | null> {
  return ref.exclusively(async () => {
    // Without compare and swap the request's copy may be outdated: read again under the lock.
    let current = known && ref.isAtomic ? known : await ref.read();
    if (!current && !known) return null;
    for (let retries = 0; current; retries++) {
      if (current.is === 'superseded') return current;
      const done = await attempt(current);
      if (done.is === 'live') return done;
      const { deadline, context } = ref.operation;
      if (deadline.passed) throw writeConflict();
      await backOff(context.process, retries);
      current = await ref.read().catch((error) => {
        throw done.nonce === null ? error : unconfirmed(error);
      });
      if (done.nonce !== null && current?.session.nonce === done.nonce) return current;
      if (current) context.telemetry.record({ type: 'conflict' }, ref.id);
    }
    throw sessionGone();
  });
}

/** Writers in other processes that collided once would collide again in step. */
function backOff(process: HostProcess, retries: number): Promise<void> {
  const limit = Math.min(MAX_BACKOFF_MS, 2 ** retries);
  return process.pause(Math.random() * limit);
}
