/** A cookie, as a response sets it. */
export interface SetCookie {
  readonly name: string;
  /** The decoded value. */
  readonly value: string;
  readonly httpOnly: boolean;
  readonly secure: boolean;
  readonly sameSite: 'lax' | 'strict' | 'none' | undefined;
  readonly path: string | undefined;
  readonly domain: string | undefined;
  /** In seconds. */
  readonly maxAge: number | undefined;
  /** When the cookie expires: by Max-Age and the tester's clock, or by Expires if there is no Max-Age. */
  readonly expires: Date | undefined;
}

/** The cookies of a browser. There is only one site, so names and expiry are enough. */
export class CookieJar {
  readonly #cookies = new Map<string, { readonly value: string; readonly expires: Date | undefined }>();
  readonly #now: () => number;

  constructor(now: () => number, cookies: Readonly<Record<string, string>> = {}) {
    this.#now = now;
    for (const [name, value] of Object.entries(cookies)) this.set(name, value);
  }

  get(name: string): string | undefined {
    const cookie = this.#cookies.get(name);
    return cookie && !this.#isExpired(cookie.expires) ? cookie.value : undefined;
  }

  set(name: string, value: string, expires?: Date): void {
    this.#cookies.set(name, { value, expires });
  }

  /** The Cookie header, or an empty string if there are no cookies. */
  get header(): string {
    return [...this.#cookies]
      .filter(([, { expires }]) => !this.#isExpired(expires))
      .map(([name, { value }]) => `${name}=${encodeURIComponent(value)}`)
      .join('; ');
  }

  /** Returns the Cookie header of a request that begins now. */
  async send(): Promise<string> {
    return this.header;
  }

  /** Stores the cookies that a response sets, and deletes those that it expires. */
  keep(cookies: readonly SetCookie[]): void {
    for (const { name, value, expires } of cookies) {
      if (this.#isExpired(expires)) this.#cookies.delete(name);
      else this.set(name, value, expires);
    }
  }

  /** Parses the cookies that a response sets. */
  read(headers: Headers): SetCookie[] {
    return headers.getSetCookie().map((header) => parseSetCookie(header, this.#now()));
  }

  #isExpired(expires: Date | undefined): boolean {
    return expires !== undefined && expires.getTime() <= this.#now();
  }
}

function parseSetCookie(header: string, now: number): SetCookie {
  const [pair = '', ...parts] = header.split('; ');
  const [name, value] = split(pair);
  const attributes = new Map(
    parts.map((part) => split(part)).map(([key, text]) => [key.toLowerCase(), text]),
  );
  const maxAge = attributes.has('max-age') ? Number(attributes.get('max-age')) : undefined;
  const date = attributes.get('expires');
  return {
    name,
    value: decodeCookieValue(value),
    httpOnly: attributes.has('httponly'),
    secure: attributes.has('secure'),
    sameSite: attributes.get('samesite')?.toLowerCase() as SetCookie['sameSite'],
    path: attributes.get('path'),
    domain: attributes.get('domain'),
    maxAge,
    // Next computes Expires from the system clock, not from the tester's.
    expires: maxAge === undefined ? date && new Date(date) : new Date(now + maxAge * 1000),
  } as SetCookie;
}

function split(text: string): [name: string, value: string] {
  const at = text.indexOf('=');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

/** Decodes the value of a cookie as Next does. A malformed value stays as it is. */
export function decodeCookieValue(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
