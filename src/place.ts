import type { RequestSession } from './request-session.js';
import type { Scope } from './scope.js';

/** Where a call takes place: the request's session, and the way to its cookies. */
export interface Place {
  readonly request: RequestSession;
  readonly scope: Scope;
}
