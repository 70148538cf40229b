import type { AppSession, NextAppSession } from 'next-app-session';

/** One request of the Pages Router: what `session(req, res)` uses of it. */
export class Exchange<Data extends object> {
  readonly request: { headers: object; cookies: Record<string, string> };
  readonly setCookies: string[] = [];
  readonly #session: NextAppSession<Data>;

  constructor(session: NextAppSession<Data>, cookies: Record<string, string>) {
    this.#session = session;
    this.request = { headers: {}, cookies };
  }

  session(): AppSession<Data> {
    const { setCookies } = this;
    return this.#session(this.request, {
      headersSent: false,
      getHeader: () => setCookies,
      setHeader: (_name, values) => setCookies.splice(0, setCookies.length, ...values),
    });
  }
}

/** Keeps cookies between requests, as a browser does. */
export class Browser<Data extends object = Record<string, unknown>> {
  cookies: Record<string, string> = {};
  readonly session: NextAppSession<Data>;

  constructor(session: NextAppSession<Data>, cookies: Record<string, string> = {}) {
    this.session = session;
    this.cookies = { ...cookies };
  }

  open(): Exchange<Data> {
    return new Exchange(this.session, { ...this.cookies });
  }

  async visit<T>(handler: (session: () => AppSession<Data>) => Promise<T>): Promise<T> {
    const exchange = this.open();
    const result = await handler(() => exchange.session());
    for (const header of exchange.setCookies) this.keep(header);
    return result;
  }

  /** Stores a cookie, or deletes it, as its Set-Cookie header says. */
  keep(header: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(header) ?? [];
    if (value === '') delete this.cookies[name];
    else this.cookies[name] = decodeURIComponent(value);
  }
}
