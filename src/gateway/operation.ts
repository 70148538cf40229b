import type { Deadline } from '../lib/deadline.js';
import { type MaybePromise, mapMaybe } from '../lib/maybe-promise.js';
import { queueTimeout } from '../lib/session-refusals.js';
import type { OpenStore } from './open-store.js';
import type { RequestContext } from './request-context.js';

/** One operation of a request. All its calls of the store share one deadline. */
export interface Operation {
  readonly context: RequestContext;
  readonly open: OpenStore;
  readonly deadline: Deadline;
}

/**
 * Begins an operation. Opens the store if it is not open yet.
 *
 * @throws ERR_SESSION_STORE_TIMEOUT if the operation has waited in a queue until its deadline.
 */
export function beginOperation(context: RequestContext, deadline: Deadline): MaybePromise<Operation> {
  if (deadline.passed) throw queueTimeout();
  return mapMaybe(context.openStore(deadline), (open) => ({ context, open, deadline }));
}
