/**
 * The codes of all errors that this library throws. Each has a section in `docs/errors.md`.
 *
 * The union is closed. A minor version may add a code; no version changes what a code means.
 */
export type SessionErrorCode =
  | 'ERR_SESSION_OPTIONS'
  | 'ERR_SESSION_EDGE_RUNTIME'
  | 'ERR_SESSION_KEY'
  | 'ERR_SESSION_DATA'
  | 'ERR_SESSION_ID'
  | 'ERR_SESSION_REENTRANT'
  | 'ERR_SESSION_READ_ONLY'
  | 'ERR_SESSION_NO_RESPONSE'
  | 'ERR_SESSION_NO_REQUEST'
  | 'ERR_SESSION_GONE'
  | 'ERR_SESSION_CONFLICT'
  | 'ERR_SESSION_LIMIT'
  | 'ERR_SESSION_REFRESH'
  | 'ERR_SESSION_STORE'
  | 'ERR_SESSION_STORE_TIMEOUT'
  | 'ERR_SESSION_TESTING'
  | 'ERR_SESSION_RACE'
  | 'ERR_SESSION_STUDIO';

const BRAND = Symbol.for('next-app-session.error');

/**
 * The error that this library throws. Its message says what happened and what to do. Neither the message nor
 * `cause` ever holds a session ID, a secret or session data.
 *
 * @example
 * try {
 *   await session().set('cart', cart);
 * } catch (error) {
 *   if (SessionError.is(error) && error.code === 'ERR_SESSION_GONE') redirect('/sign-in');
 *   throw error;
 * }
 */
export class SessionError extends Error {
  override readonly name = 'SessionError';
  /** What went wrong, as a stable code. */
  readonly code: SessionErrorCode;

  constructor(code: SessionErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    Object.defineProperty(this, BRAND, { value: true });
  }

  /**
   * Returns whether `error` is a SessionError, of any copy of this package. Use it instead of `instanceof`:
   * Next bundles pages, routes and proxy apart, so a process holds several copies of this class.
   */
  static is(error: unknown): error is SessionError {
    try {
      return (
        typeof error === 'object' &&
        error !== null &&
        BRAND in error &&
        'code' in error &&
        typeof error.code === 'string'
      );
    } catch {
      // A revoked Proxy can be asked nothing, and a getter may throw.
      return false;
    }
  }
}
