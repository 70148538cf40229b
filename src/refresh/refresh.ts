import type { RefreshOutcome } from '../events/session-event.js';
import { Deadline } from '../lib/deadline.js';
import { SessionError } from '../lib/errors.js';
import type { LiveSession } from '../repository/session-ref.js';
import type { SessionRepository } from '../repository/session-repository.js';
import { REFRESH } from '../telemetry/call-kinds.js';
import { errorType } from '../telemetry/error-type.js';
import type { CallEnd } from '../telemetry/telemetry-sink.js';
import { Flight, type Refreshed } from './flight.js';
import { joinFlight } from './flights.js';
import { IsFreshFailed, type RefreshSubject } from './refresh-subject.js';
import { refreshTimedOut } from './renewal-errors.js';

/** How much longer than `renew` may take a caller waits, in milliseconds. */
const PATIENCE_MS = 1000;

/**
 * Returns the value of a key, made fresh; null if the session has no such key any more. One caller renews it, across all requests
 * and processes. Telemetry observes each call.
 *
 * @throws ERR_SESSION_REFRESH, ERR_SESSION_GONE, or what the store or `isFresh` throws.
 */
export async function refresh(
  repository: SessionRepository,
  live: LiveSession,
  subject: RefreshSubject,
): Promise<unknown> {
  const { telemetry } = repository.context;
  const observed = telemetry.begin(REFRESH);
  const startedAt = performance.now();
  const end = (outcome: RefreshOutcome, error?: CallEnd['error']) => {
    const durationMs = performance.now() - startedAt;
    observed?.end({ outcome, durationMs, error, sessionHash: telemetry.hashOf(live.id) });
  };
  const wait = () => waitFor(repository, live, subject);
  try {
    const { value, how } = await (observed ? observed.run(wait) : wait());
    end(how);
    return value;
  } catch (error) {
    const isKnown = SessionError.is(error) || error instanceof IsFreshFailed;
    end('failed', { type: errorType(error), message: isKnown ? error.message : 'The refresh failed.' });
    throw error;
  }
}

/** Waits for the flight, and no longer than this caller wants to. The flight goes on for the others. */
function waitFor(
  repository: SessionRepository,
  live: LiveSession,
  subject: RefreshSubject,
): Promise<Refreshed> {
  const { key, timeoutMs } = subject;
  const patience = new Deadline(timeoutMs + PATIENCE_MS);
  const { process, refreshHooks } = repository.context;
  const flight = joinFlight(process, `${repository.nameOf(live)} ${key}`, patience.at, (isWanted) =>
    new Flight(repository, live.id, subject, isWanted).run(live),
  );
  refreshHooks?.onWait(key);
  return patience.limit(flight, () => refreshTimedOut(key));
}
