/** A cookie as a response sets it. */
export interface SetCookie {
  readonly name: string;
  /** Decoded. */
  readonly value: string;
  readonly httpOnly: boolean;
  readonly secure: boolean;
  readonly sameSite: 'lax' | 'strict' | 'none' | undefined;
  readonly path: string | undefined;
  readonly domain: string | undefined;
  /** Seconds. */
  readonly maxAge: number | undefined;
  /** From Max-Age and the tester's clock, where there is a Max-Age. */
  readonly expires: Date | undefined;
}

/** A browser's cookies. It has one site, so it looks at names and expiry alone. */
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

  /** The Cookie header; empty when there is none. */
  get header(): string {
    return [...this.#cookies]
      .filter(([, { expires }]) => !this.#isExpired(expires))
      .map(([name, { value }]) => `${name}=${encodeURIComponent(value)}`)
      .join('; ');
  }

  /** Takes over what a response sets. */
  keep(cookies: readonly SetCookie[]): void {
    for (const { name, value, expires } of cookies) {
      if (this.#isExpired(expires)) this.#cookies.delete(name);
      else this.set(name, value, expires);
    }
  }

  /** The cookies of a response. */
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
    // Next reckons Expires by the machine's clock.
    expires: maxAge === undefined ? date && new Date(date) : new Date(now + maxAge * 1000),
  } as SetCookie;
}

function split(text: string): [name: string, value: string] {
  const at = text.indexOf('=');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

/** As Next does, but for what is malformed: that stays as it is. */
export function decodeCookieValue(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
