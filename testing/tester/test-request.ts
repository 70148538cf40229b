import { checkTestOptions, misuse } from '../store/misuse.js';

/** A request, as a test describes it. */
export interface TestRequest {
  /** @default 'GET', or 'POST' with a body */
  readonly method?: string | undefined;
  /** A path, or an absolute URL. @default '/' */
  readonly url?: string | undefined;
  /** Headers of this request. They win over the tester's own. @default none */
  readonly headers?: HeadersInit | undefined;
  /** A plain object or an array is sent as JSON, anything else as `fetch` would send it. @default no body */
  readonly body?: BodyInit | object | null | undefined;
}

/** A request to a Route Handler, or to a page with dynamic segments. */
export interface RouteRequest extends TestRequest {
  /** The values of the route's dynamic segments: `{ id: '7' }` for `[id]`. @default none */
  readonly params?: Readonly<Record<string, string | string[]>> | undefined;
}

/** A request to an API route of the Pages Router. */
export interface ApiRequest extends TestRequest {
  /** The values of the route's dynamic segments. They are added to the query of `url`. @default none */
  readonly query?: Readonly<Record<string, string | string[]>> | undefined;
}

const OF_TESTER = 'It is an option of createSessionTester';
const INSTEAD = {
  json: 'Use body',
  data: 'Use body',
  cookies: OF_TESTER,
  path: 'Use url',
  pathname: 'Use url',
  search: 'Put it into url',
  searchParams: 'Put it into url',
  query: 'Put it into url',
  params: 'Only t.route(), t.render() and t.serverSideProps() have it; t.pages() has query',
};

/**
 * Throws for what is no description of a request, and for an option that does not exist.
 *
 * @param own the option that this kind of request has beside the others.
 */
export function checkRequest(request: object, own?: 'params' | 'query'): void {
  const known = ['method', 'url', 'headers', 'body', ...(own ? [own] : [])];
  if (typeof request !== 'object' || request instanceof Request) {
    throw misuse(`The tester makes the request itself. Give it as options: { ${known.join(', ')} }.`);
  }
  checkTestOptions("The tester's request", request, known, INSTEAD);
}

const ORIGIN = 'http://localhost';

/** Makes the request, with the tester's headers and cookies. Headers of the request itself win. */
export function toRequest(test: TestRequest, headers: Headers, cookie: string): Request {
  const { body = null, method = body === null ? 'GET' : 'POST', url = '/' } = test;
  const all = new Headers(headers);
  if (cookie && !all.has('cookie')) all.set('cookie', cookie);
  if (isJson(body) && !all.has('content-type')) all.set('content-type', 'application/json');
  for (const [name, value] of new Headers(test.headers)) all.set(name, value);
  const init = {
    method,
    headers: all,
    body: isJson(body) ? JSON.stringify(body) : (body as BodyInit | null),
  };
  return new Request(new URL(url, ORIGIN), {
    ...init,
    // fetch requires this for a stream.
    ...(body instanceof ReadableStream && { duplex: 'half' }),
  });
}

/** Returns whether a body is plain data, and not one of the types that `fetch` takes as a body. */
function isJson(body: unknown): body is object {
  if (Array.isArray(body)) return true;
  if (typeof body !== 'object' || body === null) return false;
  const prototype = Object.getPrototypeOf(body);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
