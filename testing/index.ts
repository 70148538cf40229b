// First: it sets what Next's modules look for when they load.
import './next-internals.js';

export type { SetCookie } from './cookie-jar.js';
export { InspectableStore } from './inspectable-store.js';
export { type MockCookies, type MockCookiesOptions, mockCookies } from './mock-cookies.js';
export type { Phase } from './next-scope.js';
export type { Outcome, ResponseOutcome } from './outcome.js';
export { type RecordedTelemetry, recordTelemetry } from './record-telemetry.js';
export { type ExpectedCall, type SessionMatchers, sessionMatchers } from './session-matchers.js';
export {
  type ApiRequest,
  createSessionTester,
  type RouteRequest,
  type SessionTester,
} from './session-tester.js';
export {
  type StoreContext,
  type StoreContract,
  type StoreUnderTest,
  type TestRunner,
  testStore,
} from './store-contract.js';
export type { FailOptions } from './store-faults.js';
export type { StoreCallRecord, StoredSessionView, StoreSnapshot } from './store-views.js';
export type { Duration } from './test-clock.js';
export type { TestRequest } from './test-request.js';
export type { TesterOptions } from './test-session.js';
export type { TestUser } from './test-user.js';
export type { Redirect } from './thrown.js';
