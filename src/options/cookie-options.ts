/** Attributes of the session cookie, with the names of Next's `cookies().set`. */
export interface CookieOptions {
  /**
   * How long the browser keeps the cookie, in seconds. It is also the default of `idleTimeout`.
   * @default none: the browser keeps the cookie until it closes
   */
  maxAge?: number | undefined;
  /**
   * A fixed date at which the browser drops the cookie, as a Date or in epoch milliseconds. `maxAge` wins
   * over it (RFC 6265, 4.1.2.2).
   * @default none
   */
  expires?: Date | number | null | undefined;
  /** Hides the cookie from scripts in the page (OWASP). @default true */
  httpOnly?: boolean | undefined;
  /** The path that the browser sends the cookie to, with all paths below it. @default '/' */
  path?: string | undefined;
  /** The domain whose hosts all get the cookie. @default none: only the host that set it */
  domain?: string | undefined;
  /**
   * Sends the cookie over https only. Over plain http Safari drops such a cookie on localhost too, and with it one that is
   * partitioned, or whose name begins with `__Host-` or `__Secure-`. Other browsers keep it on localhost.
   * @default true in production, else false
   */
  secure?: boolean | undefined;
  /**
   * Whether the browser sends the cookie with requests from other sites. `true` means `'strict'`; `false`
   * leaves the attribute out: Safari then always sends the cookie, other browsers as with `'lax'`.
   * @default 'lax'
   */
  sameSite?: 'lax' | 'strict' | 'none' | boolean | undefined;
  /** Which cookies Chrome keeps longest when a site has too many. @default none */
  priority?: 'low' | 'medium' | 'high' | undefined;
  /**
   * Keeps a separate cookie for each top-level site that embeds yours (CHIPS). It needs `secure`.
   * @default false
   */
  partitioned?: boolean | undefined;
}
