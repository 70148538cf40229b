import { SessionError } from '../lib/errors.js';
import { FULL_ACCESS, type Scope, type ScopeRef, type WriteAccess } from './scope.js';
import { replaceCookie } from './set-cookie-header.js';

/** The part of an IncomingMessage that is used. API routes and getServerSideProps get one with `cookies`. */
export interface PagesRequest {
  readonly headers: { readonly cookie?: string | undefined };
  readonly cookies?: Partial<Record<string, string>>;
}

/** The part of a ServerResponse that is used. */
export interface PagesResponse {
  readonly headersSent: boolean;
  getHeader(name: string): number | string | string[] | undefined;
  setHeader(name: string, value: string[]): unknown;
}

type NextServer = typeof import('next/server.js');

let nextServer: Promise<NextServer> | undefined;

/** Loads Next's own parser and serializer of cookies at first use, because the App Router needs neither. */
function loadNextServer(): Promise<NextServer> {
  nextServer ??= import('next/server.js');
  return nextServer;
}

/** Returns the scope of the Pages Router: of an API route or getServerSideProps. */
export function findPagesScope(request: PagesRequest, response: PagesResponse | undefined): ScopeRef {
  return {
    key: response ?? request,
    open: async () => scopeOf(request, response, await loadNextServer()),
  };
}

function scopeOf(request: PagesRequest, response: PagesResponse | undefined, next: NextServer): Scope {
  return {
    request: () => request,
    readCookie: (name) => readCookie(request, name, next),
    writeAccess: () => writeAccess(response),
    begun: () => (response?.headersSent ? headersSent() : null),
    setCookie: (name, value, attributes) => {
      if (!response || response.headersSent) return;
      const carrier = new next.NextResponse(null);
      carrier.cookies.set(name, value, attributes);
      replaceCookie(response, name, carrier.headers.getSetCookie());
    },
  };
}

function readCookie(
  { cookies, headers }: PagesRequest,
  name: string,
  { NextRequest }: NextServer,
): string | undefined {
  if (cookies) return Object.hasOwn(cookies, name) ? cookies[name] : undefined;
  // A custom server and getInitialProps give a plain IncomingMessage, without `cookies`.
  const carrier = new NextRequest('http://localhost', { headers: { cookie: headers.cookie ?? '' } });
  return carrier.cookies.get(name)?.value;
}

function writeAccess(response: PagesResponse | undefined): WriteAccess {
  if (!response) return { kind: 'live-only', reason: noResponse() };
  if (response.headersSent) return { kind: 'live-only', reason: headersSent() };
  return FULL_ACCESS;
}

function noResponse(): SessionError {
  return new SessionError(
    'ERR_SESSION_NO_RESPONSE',
    'session(req) cannot create or regenerate a session, or give it a lifetime: these need a cookie. Call ' +
      'session(req, res).',
  );
}

function headersSent(): SessionError {
  return new SessionError(
    'ERR_SESSION_NO_RESPONSE',
    'The response headers have been sent, so no cookie can be set for a new session. Write the session ' +
      'before you send the response.',
  );
}
