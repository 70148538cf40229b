import type { StoreOperation } from '../events/session-event.js';
import { SessionError } from '../lib/errors.js';
import { sideOf } from './call-side.js';
import type { Delivery } from './delivery.js';

/** The error of a call that was not sent, so that nothing has changed. */
export class UnsentCall extends SessionError {}

/** The error of a write that may have taken effect, or may still do so. */
export class UnknownOutcome extends SessionError {}

const UNKNOWN = 'Its outcome is unknown. Read the session before you rely on it or write again.';
const UNCHANGED = 'Nothing was changed.';

/** Returns the error of a call that failed. */
export function callFailed(
  operation: StoreOperation,
  store: string,
  cause: Error,
  delivery: Delivery,
): SessionError {
  const [code, options] = ['ERR_SESSION_STORE', { cause }] as const;
  if (delivery === 'unsent') {
    return new UnsentCall(
      code,
      `The session store (${store}) has no connection, so ${operation} was not sent: nothing was read or written. ` +
        'error.cause says more. Check that it is reachable, and the address and password of its client.',
      // The inner cause names the reason.
      { cause: cause.cause ?? cause },
    );
  }
  if (sideOf(operation) === 'reads') {
    return new SessionError(
      code,
      `The session store (${store}) failed at ${operation}; error.cause says why. Check that it is reachable, and ` +
        'what it logged.',
      options,
    );
  }
  if (delivery === 'refused' || delivery === 'moving') {
    return new SessionError(
      code,
      `The session store (${store}) refused ${operation}; error.cause says why. ${UNCHANGED} Check what it logged.`,
      options,
    );
  }
  return new UnknownOutcome(
    code,
    `The session store (${store}) failed at ${operation}; error.cause says why. ${UNKNOWN} Check that it is ` +
      'reachable, and what it logged.',
    options,
  );
}

/** Returns the error of a call that was not sent, because the store hangs. */
export function notSent(operation: StoreOperation, store: string, cause: Error | undefined): SessionError {
  return new UnsentCall(
    'ERR_SESSION_STORE_TIMEOUT',
    `The session store (${store}) has stopped answering ${sideOf(operation)}, so ${operation} was not sent: nothing was ` +
      'read or written. Calls go through again as soon as it answers. Check that it is reachable.',
    cause && { cause },
  );
}

/** Returns the error of a call that ran out of time. A call that writes may still take effect. */
export function callTimedOut(operation: StoreOperation, store: string): SessionError {
  const code = 'ERR_SESSION_STORE_TIMEOUT';
  const what = `The session store (${store}) did not answer ${operation} within storeTimeout.`;
  const advice = 'Check that it is reachable.';
  return sideOf(operation) === 'reads'
    ? new SessionError(code, `${what} ${advice}`)
    : new UnknownOutcome(code, `${what} ${UNKNOWN} ${advice}`);
}

/**
 * Returns the error of a write that the store rejected as outdated, when the read after it failed. A driver that sends a command
 * again after a lost connection gets the same answer for a write of its own.
 */
export function unconfirmed(failure: unknown): SessionError {
  const { code, cause } = SessionError.is(failure) ? failure : { code: 'ERR_SESSION_STORE' as const };
  return new UnknownOutcome(
    code,
    `The session store failed while a write was checked; error.cause says why. ${UNKNOWN} Check that it is reachable.`,
    cause === undefined ? undefined : { cause },
  );
}

/** Returns the error of a write that the driver may have sent twice, if what the first one wrote has run out since. */
export function leftNoTrace(): SessionError {
  return new UnknownOutcome(
    'ERR_SESSION_STORE',
    `The session store took so long to answer a write that what it wrote has run out. ${UNKNOWN} Check that the store answers quickly.`,
  );
}

/** Returns the error of a deletion that failed, if the record is still there. */
export function notDeleted({ code, cause }: SessionError, store: string): SessionError {
  return new SessionError(
    code,
    `The session store (${store}) failed at destroy; error.cause says why. The record is still there. Check that the ` +
      'store is reachable, and what it logged.',
    { cause },
  );
}

/** Returns whether the store failed, or did not answer, or was not asked for that reason. */
export function isStoreFailure(error: unknown): boolean {
  return (
    SessionError.is(error) &&
    (error.code === 'ERR_SESSION_STORE' || error.code === 'ERR_SESSION_STORE_TIMEOUT')
  );
}
