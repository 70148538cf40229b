import { cookies, headers } from 'next/headers.js';
import { SessionError } from './errors.js';
import { nextPhase } from './next-phase.js';
import { isPromiseLike } from './promise-like.js';
import { FULL_ACCESS, type Scope, type WriteAccess } from './scope.js';
import { surroundings } from './surroundings.js';

type Jar = Awaited<ReturnType<typeof cookies>>;

/** The App Router: Server Components, Route Handlers, Server Actions, `after()`, through Next's `cookies()`. */
export function openAppScope(): Scope | Promise<Scope> {
  const mock = surroundings()?.jar as Jar | undefined;
  if (mock) return scopeOf(mock, () => mock);
  const jar = cookies();
  // Next 13 and 14 return the jar itself.
  return isPromiseLike(jar) ? jar.then((opened) => scopeOf(opened, headers)) : scopeOf(jar, headers);
}

function scopeOf(jar: Jar, request: Scope['request']): Scope {
  return {
    key: jar,
    // A Server Action and the render after it have two jars, and so have a handler and its after(): the request's
    // headers are the same object.
    request,
    readCookie: (name) => jar.get(name)?.value,
    writeAccess: () => writeAccess(jar),
    setCookie: (name, value, attributes) => {
      jar.set(name, value, attributes);
    },
  };
}

async function writeAccess(jar: Jar): Promise<WriteAccess> {
  const phase = await nextPhase();
  if (phase === 'proxy') return { kind: 'none', reason: noResponse() };
  if (isWritable(jar)) return FULL_ACCESS;
  if (phase === 'after') return { kind: 'live-only', reason: responseSent() };
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
