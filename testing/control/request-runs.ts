import { overrideRequests } from '../../src/local-server/request-overrides.js';
import { RUN_HEADER } from './control-protocol.js';
import type { ControlRun } from './control-run.js';

/** Lets each request that names a run of a test have the overrides of that run. */
export function followRuns(runs: ReadonlyMap<string, ControlRun>): void {
  overrideRequests(({ request }) => runs.get(String(request.headers[RUN_HEADER]))?.request());
}
