/** Where the browser sent a request, as far as the server can tell. */
export interface RequestAddress {
  /** Whether the browser is known to have used http, without TLS. */
  readonly isPlainHttp: boolean;
  /** The path in the browser, with Next's `basePath`. */
  readonly path: string | undefined;
}

export const UNKNOWN_ADDRESS: RequestAddress = { isPlainHttp: false, path: undefined };

/** @param forwarded the header `x-forwarded-proto`. Next sets it by itself where no proxy in front did. */
export function requestAddress(forwarded: unknown, path: string | undefined): RequestAddress {
  const protocols = String(forwarded ?? '');
  // Of several proxies, the one that ends TLS may be any.
  return { isPlainHttp: protocols.startsWith('http') && !protocols.includes('https'), path };
}

/** Returns the path of Next's own object of a request in the App Router. Next 13 and 14 have none. */
export function pathInAppRouter(request: object | undefined): string | undefined {
  // Next takes the basePath off the path, and puts it here when it bundles this module.
  const basePath = process.env.__NEXT_ROUTER_BASEPATH;
  const pathname: unknown = request && Reflect.get(request, 'url')?.pathname;
  return basePath === undefined || typeof pathname !== 'string' ? undefined : basePath + pathname;
}

/** Returns the path of a URL, or of what an IncomingMessage has as one. */
export function pathOf(url: string | undefined): string | undefined {
  return url === undefined ? undefined : new URL(url, 'http://localhost').pathname;
}
