export type { BrowserSession, SeedOptions } from './browser-session.js';
export { type PollOptions, sessionMatchers } from './browser-session-matchers.js';
export { type ControlBackend, type ControlBackendOptions, controlBackend } from './control-backend.js';
export type { Redact, ReportWhen } from './fixture-run.js';
export { type RedisBackendOptions, redisBackend } from './redis-backend.js';
export type { FaultOptions, SessionBackend, SessionSettings } from './session-backend.js';
export {
  type SessionFixtureOptions,
  type SessionTestFixtures,
  type SessionWorkerFixtures,
  sessionFixtures,
} from './session-fixtures.js';
export type { SessionUser, SessionUsers, UserOptions, WithSession } from './session-users.js';
