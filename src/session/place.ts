import type { Scope } from '../scope/scope.js';
import type { RequestSession } from './request-session.js';

/** Where a call takes place: the request's session, and the way to its cookies. */
export interface Place {
  readonly request: RequestSession;
  readonly scope: Scope;
}
