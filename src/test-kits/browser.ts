import type { NextAppSession } from '../next-app-session.js';
import type { PagesRequest, PagesResponse } from '../scope/pages-scope.js';
import type { AppSession } from '../session/app-session.js';

/** A parsed Set-Cookie header. */
export interface SetCookie {
  readonly name: string;
  readonly value: string;
  /** Attributes by lower-case name. A flag is true. */
  readonly attributes: Record<string, string | true>;
}

/** One request of the Pages Router, without a server. `session()` is a real call of `session(req, res)`. */
export interface Exchange<Data extends object> {
  readonly session: () => AppSession<Data>;
  readonly request: PagesRequest;
  readonly response: PagesResponse;
  cookies(): SetCookie[];
}

/** A browser: it keeps cookies from one request to the next. */
export class Browser<Data extends object = Record<string, unknown>> {
  readonly cookies = new Map<string, string>();
  readonly session: NextAppSession<Data>;

  constructor(session: NextAppSession<Data>, cookies: Record<string, string> = {}) {
    this.session = session;
    for (const [name, value] of Object.entries(cookies)) this.cookies.set(name, value);
  }

  /** Begins a request. `finish` stores the cookies that it set. */
  open(): Exchange<Data> & { finish(): void } {
    const headers = new Map<string, string[]>();
    const request = { headers: {}, cookies: Object.fromEntries(this.cookies) };
    const response: PagesResponse = {
      headersSent: false,
      getHeader: (name) => headers.get(name.toLowerCase()),
      setHeader: (name, value) => headers.set(name.toLowerCase(), value),
    };
    const cookies = () => (headers.get('set-cookie') ?? []).map(parseSetCookie);
    return {
      request,
      response,
      cookies,
      session: () => this.session(request, response),
      finish: () => {
        for (const cookie of cookies()) this.#store(cookie);
      },
    };
  }

  /** Makes one request: sends the cookies, runs the handler, and stores the cookies that it set. */
  async visit<T>(
    handler: (session: () => AppSession<Data>, exchange: Exchange<Data>) => Promise<T>,
  ): Promise<{ result: T; cookies: SetCookie[] }> {
    const exchange = this.open();
    const result = await handler(exchange.session, exchange);
    exchange.finish();
    return { result, cookies: exchange.cookies() };
  }

  #store({ name, value, attributes }: SetCookie): void {
    const expires = attributes.expires;
    const dead =
      attributes['max-age'] === '0' || (typeof expires === 'string' && Date.parse(expires) <= Date.now());
    if (dead) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

function parseSetCookie(header: string): SetCookie {
  const [pair = '', ...rest] = header.split('; ');
  const [name = '', value = ''] = split(pair);
  const attributes = rest.map((part) => {
    const [key, text] = split(part);
    return [key.toLowerCase(), text ?? true] as const;
  });
  return { name, value: decodeURIComponent(value), attributes: Object.fromEntries(attributes) };
}

function split(text: string): [string, string | undefined] {
  const at = text.indexOf('=');
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
