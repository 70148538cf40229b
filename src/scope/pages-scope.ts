import { SessionError } from '../lib/errors.js';
import { type MaybePromise, mapMaybe } from '../lib/maybe-promise.js';
import { cookieValues } from './cookie-values.js';
import { FULL_ACCESS, type Scope, type ScopeRef, type WriteAccess } from './scope.js';

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

let nextServer: MaybePromise<NextServer> | undefined;

/** Loads Next's own serializer of cookies at first use, because the App Router does not need it. */
function loadNextServer(): MaybePromise<NextServer> {
  nextServer ??= import('next/server.js').then((loaded) => {
    nextServer = loaded;
    return loaded;
  });
  return nextServer;
}

/** Returns the scope of the Pages Router: of an API route or getServerSideProps. */
export function findPagesScope(request: PagesRequest, response: PagesResponse | undefined): ScopeRef {
  return { open: () => mapMaybe(loadNextServer(), (next) => scopeOf(request, response, next)) };
}

function scopeOf(request: PagesRequest, response: PagesResponse | undefined, next: NextServer): Scope {
  return {
    request: () => request,
    readCookies: (name) => readCookies(request, name),
    writeAccess: () => writeAccess(response),
    setCookie: (name, value, attributes) => {
      if (!response) return;
      const carrier = new next.NextResponse(null);
      carrier.cookies.set(name, value, attributes);
      replaceCookie(response, name, carrier.headers.getSetCookie());
    },
  };
}

/** A custom server and getInitialProps give a plain IncomingMessage, without `cookies`. */
function readCookies({ cookies = {}, headers }: PagesRequest, name: string): readonly string[] {
  return cookieValues(name, headers.cookie, Object.hasOwn(cookies, name) ? cookies[name] : undefined);
}

/** Sets the cookie in place of an earlier one of the same name, and leaves other cookies alone. */
function replaceCookie(response: PagesResponse, name: string, cookie: string[]): void {
  const set = response.getHeader('Set-Cookie') ?? [];
  const others = (Array.isArray(set) ? set : [String(set)]).filter((other) => !other.startsWith(`${name}=`));
  response.setHeader('Set-Cookie', [...others, ...cookie]);
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
