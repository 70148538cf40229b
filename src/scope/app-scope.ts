import { cookies, headers } from 'next/headers.js';
import { SessionError } from '../lib/errors.js';
import { type MaybePromise, mapMaybe } from '../lib/maybe-promise.js';
import { type NextPhase, nextContext } from './next-context.js';
import { FULL_ACCESS, type Scope, type ScopeRef, type WriteAccess } from './scope.js';

type Jar = Awaited<ReturnType<typeof cookies>>;

/**
 * The App Router: Server Components, Route Handlers, Server Actions, `after()`, through Next's `cookies()`.
 *
 * @param mock a test's jar, in place of Next's.
 */
export function findAppScope(mock: object | undefined): ScopeRef {
  if (mock) return { key: mock, open: () => scopeOf(mock as Jar, phaseSourceOf(mock)) };
  // One promise a phase; Next 13 and 14 return the jar itself.
  const given: MaybePromise<Jar> = cookies();
  return { key: given, open: () => mapMaybe(given, (jar) => scopeOf(jar, NEXT)) };
}

/**
 * Whether Next refused its cookies because there is no request: it links to a page that says so, and Next 13 names what is
 * missing. What it throws else, such as in a page that has to be static or in a cached function, is a refusal.
 */
export function isOutsideRequest(error: unknown): boolean {
  return (
    error instanceof Error &&
    /next-dynamic-api-wrong-context|requestAsyncStorage, none available/.test(error.message)
  );
}

/** What a jar does not tell. */
interface PhaseSource {
  request(): MaybePromise<object>;
  phase(): MaybePromise<NextPhase>;
}

const NEXT: PhaseSource = {
  // A Server Action and the render after it have two jars, and so have a handler and its after(). Where Next's own
  // object of the request cannot be had, that of its headers is the same for both.
  request: () => mapMaybe(nextContext(), ({ request }) => request ?? headers()),
  phase: () => mapMaybe(nextContext(), ({ phase }) => phase),
};

/** Of a mock nothing is known, and it is a request of its own. */
function phaseSourceOf(mock: object): PhaseSource {
  return { request: () => mock, phase: () => 'unknown' };
}

function scopeOf(jar: Jar, { request, phase }: PhaseSource): Scope {
  return {
    request,
    readCookie: (name) => jar.get(name)?.value,
    writeAccess: () => mapMaybe(phase(), (current) => accessIn(current, jar)),
    setCookie: (name, value, attributes) => {
      jar.set(name, value, attributes);
    },
  };
}

function accessIn(phase: NextPhase, jar: Jar): WriteAccess {
  if (phase === 'proxy') return { kind: 'none', reason: noResponse() };
  if (phase === 'after') return { kind: 'live-only', reason: responseSent() };
  // Where Next does not say, the jar does.
  if (phase === 'action' || (phase === 'unknown' && isWritable(jar))) return FULL_ACCESS;
  return { kind: 'none', reason: readOnly() };
}

const PROBE = new Error('probe');

/**
 * Whether cookies can be set here, found out without setting one: a writable jar looks at the name and so throws
 * the probe, a read-only jar throws its own error before.
 */
function isWritable(jar: Jar): boolean {
  try {
    jar.set({
      get name(): string {
        throw PROBE;
      },
      value: '',
    });
    return true;
  } catch (error) {
    return error === PROBE;
  }
}

function readOnly(): SessionError {
  return new SessionError(
    'ERR_SESSION_READ_ONLY',
    'A session cannot be written while a Server Component renders, since Next cannot set cookies then. Move the ' +
      'write to a Server Action, a Route Handler or proxy.ts.',
  );
}

function responseSent(): SessionError {
  return new SessionError(
    'ERR_SESSION_NO_RESPONSE',
    'A session cannot be created, regenerated or given a lifetime in after(): the response has been sent, so no ' +
      'cookie can be set. Do that before; other writes to a live session work here.',
  );
}

function noResponse(): SessionError {
  return new SessionError(
    'ERR_SESSION_NO_RESPONSE',
    'A session cannot be written in proxy (or middleware) without the response, since its cookie would be lost. ' +
      'Call session(request, response) with the NextResponse that you return.',
  );
}
