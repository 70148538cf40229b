import type { NextAppSession, Store } from 'next-app-session';

export interface Data {
  userId?: string;
  device?: string;
  n?: number;
}

export type Page =
  | 'look'
  | 'visit'
  | 'renew'
  | 'renew if signed in'
  | 'sign in by regenerate'
  | 'sign in by set';

/** The answer of a page. */
export interface Answer {
  /** `ok`, or the code of the error. It says so if an error came with a cookie. */
  readonly code: string;
  /** Who is signed in at the end of the page. */
  readonly user: string | null;
  /** The cookie that the answer sets, as the browser sends it. */
  readonly cookie: string | null;
}

export type RevocationApp = NextAppSession<Data, { device: string | null }>;

/** How many users each session has: ada, and a second one that is called `on <device>`. */
export type UsersOfSession = 1 | 2;

export declare function revocationApp(
  store: Store<object>,
  users?: UsersOfSession,
  name?: string,
): RevocationApp;

/** Returns the request and the response of the Pages Router, with what the page has set as cookies. */
export declare function exchange(cookie: string): {
  readonly request: { readonly headers: { readonly cookie: string } };
  readonly response: {
    readonly headersSent: boolean;
    getHeader(): string[];
    setHeader(name: string, values: string[]): unknown;
  };
  readonly setCookies: readonly string[];
};

/** Asks for a page in this process. */
export declare function ask(
  session: RevocationApp,
  page: Page,
  cookie: string,
  device?: string,
): Promise<Answer>;
