import { SessionError } from '../../src/lib/errors.js';
import type { SetCookie } from './cookie-jar.js';
import { NextControlFlow, type Redirect } from './next-control-flow.js';

/** What a Server Action, a Server Component or other code of the app returned and did. */
export interface Outcome<T> {
  /** The return value of the code. Undefined if it called `redirect()` or `notFound()`. */
  readonly result: T | undefined;
  /** The target of `redirect()` or `permanentRedirect()`. Undefined if neither was called. */
  readonly redirect: Redirect | undefined;
  /** Whether `notFound()` was called. */
  readonly notFound: boolean;
  /** The cookies that were set, HttpOnly ones included. */
  readonly cookies: readonly SetCookie[];
  /** The paths and tags that were passed to `revalidatePath()` and `revalidateTag()`. */
  readonly revalidated: readonly string[];
}

/** The HTML of a page, and what its components did. */
export interface RenderOutcome extends Omit<Outcome<string>, 'result'> {
  /** The HTML, without the comments that React puts into it. Undefined if a component called `redirect()` or `notFound()`. */
  readonly html: string | undefined;
}

/** What a Route Handler, proxy or an API route answered and did. */
export interface ResponseOutcome {
  /** The response. Its headers include the cookies that were set. */
  readonly response: Response;
  /** The cookies of the response, HttpOnly ones included. */
  readonly cookies: readonly SetCookie[];
  /** The paths and tags that were passed to `revalidatePath()` and `revalidateTag()`. Empty for `pages`. */
  readonly revalidated: readonly string[];
}

/** Runs code and returns its result, its redirect or its `notFound()`. Rethrows other errors. */
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

/** Runs a Route Handler. `isComplete` is false if `notFound()` interrupted it. Rethrows other errors. */
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

/** Copies a response, so that its headers can be changed. Those of `Response.redirect()` are read-only. */
export function copyOf(response: unknown): Response {
  if (response instanceof Response) return new Response(response.body, response);
  throw new SessionError(
    'ERR_SESSION_TESTING',
    'The handler returned no Response. Return one, as Next requires: Response.json(…), for instance.',
  );
}
