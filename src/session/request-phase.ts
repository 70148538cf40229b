import type { Scope } from '../scope/scope.js';
import type { RequestSession } from './request-session.js';

/** One phase of a request, such as a Server Action or the render after it: the request's session, and the way to its cookies. */
export interface RequestPhase {
  readonly request: RequestSession;
  readonly scope: Scope;
}
