import type { LoggedRequest, RequestLog } from '../requests/request-log.js';
import type { SeenCall } from '../seen/seen-request.js';

const CALL: SeenCall = {
  operation: 'get',
  store: 'memory',
  session: null,
  atMs: 0,
  isFaulted: false,
  end: null,
};

/** Returns a request that is about to come into a log, with so many calls. */
export function loggedRequest(log: RequestLog, calls = 0): LoggedRequest {
  return {
    id: log.nextId(),
    method: 'GET',
    path: `/${'x'.repeat(499)}`,
    startedAt: 0,
    aheadMs: 0,
    state: { is: 'running' },
    cookie: 'none',
    setCookies: [],
    sessions: [],
    calls: Array.from({ length: calls }, () => CALL),
    moreCalls: 0,
    events: [],
    warnings: [],
  };
}
