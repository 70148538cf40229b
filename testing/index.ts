// Must come first: Next's modules look for AsyncLocalStorage on globalThis when they load.
import './next/next-internals.js';

export type { AuditLevel, AuditRow, AuditVerdict } from './audit/audit-row.js';
export { type AuditOptions, auditSession } from './audit/audit-session.js';
export { checkHistory } from './history/check-history.js';
export type {
  Answered,
  Ending,
  History,
  HistoryCall,
  HistoryChange,
  HistoryEntry,
  HistoryFailure,
  HistoryLoss,
  HistoryOperation,
  HistoryOptions,
  HistoryRead,
  HistoryVerdict,
  Unanswered,
} from './history/history.js';
export {
  forEachInterleaving,
  type InterleavingReport,
  type InterleavingResults,
} from './interleaving/for-each-interleaving.js';
export type { InterleavingOptions } from './interleaving/interleaving-options.js';
export type { InterleavedHandler } from './interleaving/run-order.js';
export type { Phase } from './next/next-scope.js';
export { InspectableStore } from './store/inspectable-store.js';
export { type RecordedTelemetry, recordTelemetry } from './store/record-telemetry.js';
export type { FailOptions } from './store/store-faults.js';
export type { SessionView, StoreCallRecord, StoreSnapshot } from './store/store-views.js';
export type { Duration } from './store/test-clock.js';
export type {
  StoreContext,
  StoreContract,
  StoreUnderTest,
  TestRunner,
} from './store-contract/contract-types.js';
export { testStore } from './store-contract/store-contract.js';
export type { SetCookie } from './tester/cookie-jar.js';
export { createSessionTester } from './tester/create-session-tester.js';
export type { HeldRenew } from './tester/held-renew.js';
export { type MockCookies, type MockCookiesOptions, mockCookies } from './tester/mock-cookies.js';
export type { Redirect } from './tester/next-control-flow.js';
export type { Outcome, RenderOutcome, ResponseOutcome } from './tester/outcome.js';
export type { PropsOutcome } from './tester/server-side-props.js';
export { type ExpectedCall, type SessionMatchers, sessionMatchers } from './tester/session-matchers.js';
export type { SessionTester } from './tester/session-tester.js';
export type { ApiRequest, RouteRequest, TestRequest } from './tester/test-request.js';
export type { BrowserOptions, TesterOptions } from './tester/test-session.js';
export type { TestUser } from './tester/test-user.js';
