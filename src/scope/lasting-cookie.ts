import { cookiesOn, type HeaderHolder, isNamed, replaceCookie, withoutCookie } from './response-cookies.js';

/** The part of a ServerResponse that holds its cookies, and sends them. */
export interface CookieResponse extends HeaderHolder {
  readonly headersSent: boolean;
  writeHead?(...args: never[]): unknown;
}

/** A cookie that stays on a response. */
interface LastingCookie {
  readonly header: string;
}

/** The cookies that stay on a response, by name. */
type LastingCookies = Map<string, LastingCookie>;

const lasting = new WeakMap<CookieResponse, LastingCookies>();

/**
 * Sets a cookie in place of an earlier one of the same name, and leaves other cookies alone. It stays on the response, even if
 * the app later gives Set-Cookie a value of its own. Only removing the header removes it: such an answer is meant for a cache.
 */
export function setLastingCookie(response: CookieResponse, name: string, header: string): void {
  put(response, name, { header });
}

/** Sends the cookie if the response begins before the function that this returns is called. */
export function offerLastingCookie(response: CookieResponse, name: string, header: string): () => void {
  const cookies = lastingOn(response);
  const before = cookies.get(name);
  const offered = { header };
  put(response, name, offered);
  return () => {
    if (response.headersSent || cookies.get(name) !== offered) return;
    if (before) return put(response, name, before);
    cookies.delete(name);
    response.setHeader('Set-Cookie', withoutCookie(response, name));
  };
}

function put(response: CookieResponse, name: string, cookie: LastingCookie): void {
  lastingOn(response).set(name, cookie);
  replaceCookie(response, name, cookie.header);
}

function lastingOn(response: CookieResponse): LastingCookies {
  const known = lasting.get(response);
  if (known) return known;
  const cookies: LastingCookies = new Map();
  lasting.set(response, cookies);
  const { writeHead } = response;
  // Whatever sends the headers calls this: Node, Express, Next.
  if (writeHead) {
    response.writeHead = (...args: unknown[]) =>
      Reflect.apply(writeHead, response, withLasting(cookies, response, args));
  }
  return cookies;
}

/** Adds the cookies that are missing. Returns the arguments for `writeHead`, less a Set-Cookie that has been added to. */
function withLasting(
  cookies: Readonly<LastingCookies>,
  response: CookieResponse,
  args: readonly unknown[],
): readonly unknown[] {
  const at = args.findIndex((arg) => typeof arg === 'object' && arg !== null);
  const headers = pairsOf(args[at]);
  const own = headers.filter(isSetCookie);
  const sent = own.length > 0 ? own.flatMap(([, value]) => value as string | string[]) : cookiesOn(response);
  if (!sent) return args;
  const missing = [...cookies].filter(([name]) => !sent.some((other) => isNamed(other, name)));
  if (missing.length === 0) return args;
  response.setHeader('Set-Cookie', [...sent, ...missing.map(([, { header }]) => header)]);
  if (own.length === 0) return args;
  const rest = headers.filter((header) => !isSetCookie(header));
  return args.with(at, Array.isArray(args[at]) ? rest.flat() : Object.fromEntries(rest));
}

type Header = readonly [name: string, value: unknown];

/** Returns the headers that `writeHead` takes: an object, or an array of names and values in turn. */
function pairsOf(headers: unknown): readonly Header[] {
  if (!Array.isArray(headers)) return Object.entries(headers ?? {});
  return headers.flatMap((name, at) => (at % 2 === 0 ? [[String(name), headers[at + 1]] as const] : []));
}

function isSetCookie([name]: Header): boolean {
  return name.toLowerCase() === 'set-cookie';
}
