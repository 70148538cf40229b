import type { StoreOperation } from '../events/session-event.js';
import { SessionError } from '../lib/errors.js';

export function callFailed(operation: StoreOperation, store: string, cause: Error): SessionError {
  return new SessionError(
    'ERR_SESSION_STORE',
    `The session store (${store}) failed at ${operation}; error.cause says why. Check that it is ` +
      'reachable, and what it logged.',
    { cause },
  );
}

export function notSent(operation: StoreOperation, store: string, cause: Error | undefined): SessionError {
  return new SessionError(
    'ERR_SESSION_STORE_TIMEOUT',
    `The session store (${store}) has stopped answering, so ${operation} was not sent: nothing was read or ` +
      'written. Calls go through again as soon as it answers. Check that it is reachable.',
    cause && { cause },
  );
}

/** Returns the error of a call that ran out of time. A call that writes may still take effect. */
export function callTimedOut(operation: StoreOperation, store: string): SessionError {
  const outcome =
    operation === 'get' || operation === 'list'
      ? ''
      : ' Its outcome is unknown: read the session again before you rely on it.';
  return new SessionError(
    'ERR_SESSION_STORE_TIMEOUT',
    `The session store (${store}) did not answer ${operation} within storeTimeout.${outcome} Check that it ` +
      'is reachable.',
  );
}
