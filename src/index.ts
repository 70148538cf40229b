export { AppSession } from './app-session.js';
export type { CookieOptions } from './cookie-attributes.js';
export { SessionError, type SessionErrorCode } from './errors.js';
export { MemoryStore } from './memory-store.js';
export { type NextAppSession, nextAppSession as default } from './next-app-session.js';
export type { Options } from './options.js';
export {
  type ExpressSessionStore,
  type ListedSession,
  type PromisifiedStore,
  type PromisifyOptions,
  promisifyStore,
} from './promisify-store.js';
export type {
  EndReason,
  LifeEvent,
  SessionEvent,
  StoreCallEvent,
  StoreOperation,
  StoreOutcome,
} from './session-event.js';
export type { Lifetime, SessionHandler, SessionInfo, Update, Value } from './session-handler.js';
export type {
  AtomicStore,
  IndexedSession,
  LoadOptions,
  RecordCookie,
  SessionRecord,
  Store,
  UserIndex,
  Versioned,
} from './store.js';
export type { UserId } from './user-key.js';
export type { UserSession, UserSessions } from './user-sessions.js';
