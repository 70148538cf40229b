import { SessionError } from '../../src/lib/errors.js';
import type { SetCookie } from './cookie-jar.js';
import { NextControlFlow, type Redirect } from './next-control-flow.js';

/** What code that returns something leaves behind. */
export interface Outcome<T> {
  /** What the code returned; undefined when it redirected or found nothing. */
  readonly result: T | undefined;
  /** Where `redirect()` or `permanentRedirect()` leads to. */
  readonly redirect: Redirect | undefined;
  /** Whether `notFound()` was called. */
  readonly notFound: boolean;
  /** The cookies that were set, HttpOnly ones included. */
  readonly cookies: readonly SetCookie[];
  /** What was given to `revalidatePath()` and `revalidateTag()`. */
  readonly revalidated: readonly string[];
}

/** What code that answers a request leaves behind. */
export interface ResponseOutcome {
  /** With the cookies that were set among its headers. */
  readonly response: Response;
  readonly cookies: readonly SetCookie[];
  readonly revalidated: readonly string[];
}

/** What code returned, or meant by what it threw. Any other error is thrown on. */
export async function outcomeOf<T>(
  run: () => Promise<T>,
): Promise<Pick<Outcome<T>, 'result' | 'redirect' | 'notFound'>> {
  try {
    return { result: await run(), redirect: undefined, notFound: false };
  } catch (error) {
    const { redirect, status } = new NextControlFlow(error);
    if (redirect) {
      const { url, type } = redirect;
      return { result: undefined, redirect: { url, type }, notFound: false };
    }
    if (status === 404) return { result: undefined, redirect: undefined, notFound: true };
    throw error;
  }
}

/** The answer of a Route Handler, and whether it ran to its end. Any other error is thrown on. */
export async function answerOf(
  run: () => Promise<unknown>,
): Promise<{ response: Response; isComplete: boolean }> {
  try {
    return { response: copyOf(await run()), isComplete: true };
  } catch (error) {
    const { redirect, status } = new NextControlFlow(error);
    if (redirect) {
      const headers = { location: redirect.url };
      return { response: new Response(null, { status: redirect.status, headers }), isComplete: true };
    }
    if (status !== undefined) return { response: new Response(null, { status }), isComplete: false };
    throw error;
  }
}

/** A response whose headers can be changed: those of `Response.redirect()` cannot. */
export function copyOf(response: unknown): Response {
  if (response instanceof Response) return new Response(response.body, response);
  throw new SessionError(
    'ERR_SESSION_TESTING',
    'The handler returned no Response. Return one, such as Response.json(…), as Next requires.',
  );
}
