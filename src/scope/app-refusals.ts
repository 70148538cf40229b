import { SessionError } from '../lib/errors.js';

export function readOnly(): SessionError {
  return new SessionError(
    'ERR_SESSION_READ_ONLY',
    'A Server Component cannot write the session, because Next cannot set cookies there. Move the write to a ' +
      'Server Action, a Route Handler or proxy.ts.',
  );
}

/** Why a static route has no session. */
export const STATIC =
  "is static for every visitor (dynamic = 'force-static'), so it has no cookies there. Take that line out, or use the session " +
  'in another route: a static page can ask a Route Handler from the browser.';

export function staticRoute(): SessionError {
  return new SessionError('ERR_SESSION_READ_ONLY', `The session cannot be written: the route ${STATIC}`);
}

export function privateCache(): SessionError {
  return new SessionError(
    'ERR_SESSION_READ_ONLY',
    "refresh() renews nothing in 'use cache: private', which Next also runs for prefetches. Call it outside of that function, " +
      'and pass the value in.',
  );
}

export function outsideRequest(cause: unknown): SessionError {
  return new SessionError(
    'ERR_SESSION_NO_REQUEST',
    'session() was called outside of a request. Call it in a Server Component, Server Action or Route Handler, and with the ' +
      'request in the Pages Router: session(req, res). In a test, run the code by createSessionTester of ' +
      'next-app-session/testing.',
    { cause },
  );
}

export function atTopLevel(): SessionError {
  return new SessionError(
    'ERR_SESSION_NO_REQUEST',
    'session() was called at the top level of a module. That runs once, with the request of the first visitor, and all others ' +
      'would be shown their data. Call it in the component, action or handler.',
  );
}

export function responseSent(): SessionError {
  return new SessionError(
    'ERR_SESSION_NO_RESPONSE',
    'after() cannot create or regenerate a session, or give it a lifetime: the response has been sent, with its ' +
      'cookies. Do it before. Other writes to a live session work here.',
  );
}
