export type {
  EndReason,
  LifeEvent,
  RecordSource,
  RefreshEvent,
  RefreshOutcome,
  SessionEvent,
  StoreCallEvent,
  StoreOperation,
  StoreOutcome,
} from './events/session-event.js';
export { SessionError, type SessionErrorCode } from './lib/errors.js';
export type { Jsonified, Storable } from './lib/jsonified.js';
export { type NextAppSession, nextAppSession as default } from './next-app-session.js';
export type { CookieOptions } from './options/cookie-options.js';
export type { Options } from './options/options.js';
export type { UserId, UserIds } from './record/user-key.js';
export { AppSession } from './session/app-session.js';
export type { RefreshOptions } from './session/refresh-options.js';
export type { Lifetime, SessionHandler, SessionInfo, Update, Value } from './session/session-handler.js';
export type { ListOptions, UserSession, UserSessionPage, UserSessions } from './session/user-sessions.js';
export type {
  CallOptions,
  CompareAndSwap,
  EntryKey,
  IndexedRecord,
  IndexedSession,
  IndexedSessions,
  IndexPage,
  LoadedRecord,
  NewEntry,
  ReadOptions,
  RecordCookie,
  RemoveOptions,
  RevokeChoice,
  SessionRecord,
  Store,
  UserIndex,
} from './store-contract/store.js';
export {
  type ExpressSessionStore,
  type PromisifyOptions,
  promisifyStore,
} from './stores/express/promisify-store.js';
export { MemoryStore } from './stores/memory/memory-store.js';
export type { MemoryStoreOptions } from './stores/memory/memory-store-options.js';
