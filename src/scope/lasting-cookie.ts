/** The part of a ServerResponse that holds its cookies, and sends them. */
export interface CookieResponse {
  getHeader(name: string): number | string | string[] | undefined;
  setHeader(name: string, value: string[]): unknown;
  writeHead?(...args: never[]): unknown;
}

/** The cookies that stay on a response, by name, as Set-Cookie has them. */
const lasting = new WeakMap<CookieResponse, Map<string, string>>();

/**
 * Sets a cookie in place of an earlier one of the same name, and leaves other cookies alone. It stays on the response, even if
 * the app later gives Set-Cookie a value of its own. Only removing the header removes it: such an answer is meant for a cache.
 */
export function setLastingCookie(response: CookieResponse, name: string, cookie: string): void {
  const others = cookiesOn(response)?.filter((other) => !isNamed(name, other)) ?? [];
  response.setHeader('Set-Cookie', [...others, cookie]);
  lastingOn(response).set(name, cookie);
}

function lastingOn(response: CookieResponse): Map<string, string> {
  const known = lasting.get(response);
  if (known) return known;
  const cookies = new Map<string, string>();
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
  cookies: ReadonlyMap<string, string>,
  response: CookieResponse,
  args: readonly unknown[],
): readonly unknown[] {
  const at = args.findIndex((arg) => typeof arg === 'object' && arg !== null);
  const headers = pairsOf(args[at]);
  const given = headers.filter(isSetCookie).flatMap(([, value]) => value as string | string[]);
  const sent = given.length > 0 ? given : cookiesOn(response);
  if (!sent) return args;
  const missing = [...cookies].filter(([name]) => !sent.some((other) => isNamed(name, other)));
  if (missing.length === 0) return args;
  response.setHeader('Set-Cookie', [...sent, ...missing.map(([, cookie]) => cookie)]);
  if (given.length === 0) return args;
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

function isNamed(name: string, cookie: string): boolean {
  return cookie.startsWith(`${name}=`);
}

function cookiesOn(response: CookieResponse): readonly string[] | undefined {
  const set = response.getHeader('Set-Cookie');
  return Array.isArray(set) || set === undefined ? set : [String(set)];
}
