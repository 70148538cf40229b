/** A request as a test describes it. */
export interface TestRequest {
  /** @default 'GET', or 'POST' with a body */
  readonly method?: string;
  /** A path or a whole URL. @default '/' */
  readonly url?: string;
  readonly headers?: HeadersInit;
  /** A plain object or an array is sent as JSON; anything else as fetch would send it. */
  readonly body?: BodyInit | object | null;
}

const ORIGIN = 'http://localhost';

/** The request with the tester's own headers and cookies; headers of the request win. */
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
    // What fetch asks for with a stream.
    ...(body instanceof ReadableStream && { duplex: 'half' }),
  });
}

/** Plain data, and not one of the kinds that a body of fetch can be. */
function isJson(body: unknown): body is object {
  if (Array.isArray(body)) return true;
  if (typeof body !== 'object' || body === null) return false;
  const prototype = Object.getPrototypeOf(body);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
