/** The cookie part of a record, as express-session writes it. */
export interface RecordCookie {
  /**
   * When the session expires: epoch milliseconds, or ISO 8601 text in records that express-session shares, or
   * a Date. `null` if another writer gave none, as express-session may.
   */
  expires?: string | number | Date | null;
  /**
   * The session's idle timeout in milliseconds, under express-session's name. Without it, the session follows
   * the options.
   */
  originalMaxAge?: number | null;
  httpOnly?: boolean;
  path?: string;
  domain?: string;
  secure?: boolean;
  sameSite?: 'lax' | 'strict' | 'none' | boolean;
}

/**
 * A record: what a store holds for one session. Beside the session's data it has `cookie`, and `__session`
 * with this library's dates. It is plain JSON: `JSON.stringify` and `JSON.parse` keep all of it.
 */
export type SessionRecord<Data extends object = Record<string, unknown>> = Data & {
  cookie?: RecordCookie;
  __session?: unknown;
};

/** Written over a record, it removes the record: its date has passed. */
export const REMOVAL: SessionRecord<object> = { cookie: { expires: 0 } };
