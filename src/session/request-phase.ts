import type { Scope } from '../scope/scope.js';
import type { RequestSession } from './request-session.js';

/** One phase of a request, such as a Server Action or the render after it. */
export interface RequestPhase {
  readonly request: RequestSession;
  readonly scope: Scope;
}
