import { SessionError } from '../lib/errors.js';
import { warnOnce } from '../lib/warnings.js';
import { cookieValues } from './cookie-values.js';
import { type CookieResponse, offerLastingCookie, setLastingCookie } from './lasting-cookie.js';
import { isSharedPage, urlInBrowser } from './page-request.js';
import { pathOf, requestAddress } from './request-address.js';
import { responseBegun } from './response-head.js';
import { FULL_ACCESS, type Scope, type ScopeRef, type WriteAccess } from './scope.js';
import { setCookieHeader } from './set-cookie-header.js';

/** The part of an IncomingMessage that is used. API routes and getServerSideProps get one with `cookies`. */
export interface PagesRequest {
  readonly headers: {
    readonly cookie?: string | undefined;
    readonly 'x-forwarded-proto'?: string | string[] | undefined;
  };
  readonly cookies?: Partial<Record<string, string>>;
}

/** The part of a ServerResponse that is used. */
export type PagesResponse = CookieResponse;

/** Returns the scope of the Pages Router: of an API route or getServerSideProps. */
export function findPagesScope(request: PagesRequest, response: PagesResponse | undefined): ScopeRef {
  if (isSharedPage(request)) return sharedPageScope();
  return { open: () => scopeOf(request, response) };
}

function scopeOf(request: PagesRequest, response: PagesResponse | undefined): Scope {
  return {
    request,
    readCookies: (name) => readCookies(request, name),
    writeAccess: () => writeAccess(response),
    begun: () => (response?.headersSent ? responseBegun() : null),
    setCookie: (name, value, attributes) => {
      if (!response || response.headersSent) return;
      setLastingCookie(response, name, setCookieHeader(name, value, attributes));
    },
    ...(response && {
      offerCookie: (name, value, attributes) =>
        offerLastingCookie(response, name, setCookieHeader(name, value, attributes)),
    }),
    address: () => requestAddress(request.headers['x-forwarded-proto'], pathOf(urlInBrowser(request))),
  };
}

/** Returns the scope of a page that everybody is shown. It has no visitor, whoever's request Next renders it with. */
function sharedPageScope(): ScopeRef {
  warnOnce(SHARED_PAGE, 'errors.md#err_session_read_only');
  const nobody: PagesRequest = { headers: {} };
  return {
    open: () => ({
      ...scopeOf(nobody, undefined),
      writeAccess: () => ({ kind: 'none', reason: new SessionError('ERR_SESSION_READ_ONLY', SHARED_PAGE) }),
    }),
  };
}

const SHARED_PAGE =
  'A page with getStaticProps is shown to everybody, so getInitialProps of _app and _document find no session there, ' +
  'and can write none. Use the session in getServerSideProps, or ask an API route for it from the page.';

/** A custom server and getInitialProps give a plain IncomingMessage, without `cookies`. */
function readCookies({ cookies = {}, headers }: PagesRequest, name: string): readonly string[] {
  return cookieValues(name, headers.cookie, Object.hasOwn(cookies, name) ? cookies[name] : undefined);
}

function writeAccess(response: PagesResponse | undefined): WriteAccess {
  if (!response) return { kind: 'live-only', reason: noResponse() };
  if (response.headersSent) return { kind: 'live-only', reason: responseBegun() };
  return FULL_ACCESS;
}

function noResponse(): SessionError {
  return new SessionError(
    'ERR_SESSION_NO_RESPONSE',
    'session(req), the only form of version 1, cannot begin a session, give it a new ID or a lifetime: these set a ' +
      'cookie, and so need the response. Call session(req, res).',
  );
}
