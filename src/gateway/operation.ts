import { type MaybePromise, mapMaybe } from '../lib/maybe-promise.js';
import type { Deadline } from './deadline.js';
import type { OpenStore } from './open-store.js';
import type { RequestContext } from './request-context.js';

/** One operation of a request: it has one deadline, however many calls of the store it makes. */
export interface Operation {
  readonly context: RequestContext;
  readonly open: OpenStore;
  readonly deadline: Deadline;
}

export function beginOperation(context: RequestContext, deadline: Deadline): MaybePromise<Operation> {
  return mapMaybe(context.openStore(deadline), (open) => ({ context, open, deadline }));
}
