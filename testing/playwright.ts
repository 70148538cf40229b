export { type RedisBackendOptions, redisBackend } from './backend/redis-backend.js';
export type { FaultOptions, SessionBackend, SessionSettings } from './backend/session-backend.js';
export { type SqlBackendOptions, sqlBackend } from './backend/sql-backend.js';
export {
  type ControlBackend,
  type ControlBackendOptions,
  controlBackend,
} from './control/control-backend.js';
export type { BrowserSession, SeedOptions } from './playwright/browser-session.js';
export { type PollOptions, sessionMatchers } from './playwright/browser-session-matchers.js';
export type { Redact, ReportWhen } from './playwright/fixture-run.js';
export {
  type SessionFixtureOptions,
  type SessionTestFixtures,
  type SessionWorkerFixtures,
  sessionFixtures,
} from './playwright/session-fixtures.js';
export type { SessionUser, TestUsers, UserOptions, WithSession } from './playwright/test-users.js';
