/** What a visitor opens the pages of. */
interface Site {
  readonly url: string;
}

export interface SetCookie {
  readonly name: string;
  readonly value: string;
  /** The attributes, in lower case. */
  readonly attributes: readonly string[];
}

export interface Page {
  readonly status: number;
  readonly text: string;
  /** As it was sent. */
  readonly html: string;
  readonly headers: Headers;
  readonly cookies: readonly SetCookie[];
}

export type Step = readonly [method: string, ...args: unknown[]];

export interface RunOptions {
  readonly atOnce?: boolean;
  readonly path?: string;
  readonly headers?: Record<string, string>;
}

/** Somebody with a browser: keeps cookies from page to page. */
export class Visitor {
  readonly #app: Site;
  /** As the Cookie header has them: encoded. */
  readonly cookies = new Map<string, string>();

  constructor(app: Site, cookies: Iterable<readonly [string, string]> = []) {
    this.#app = app;
    for (const [name, value] of cookies) this.cookies.set(name, value);
  }

  /** Asks the app, or another one on this machine, as a browser shares its cookies between ports. */
  async open(path: string, init: RequestInit = {}, origin = this.#app.url): Promise<Page> {
    const headers = new Headers(init.headers);
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    if (cookie) headers.set('cookie', cookie);
    const response = await fetch(origin + path, { redirect: 'manual', ...init, headers });
    const cookies = response.headers.getSetCookie().map(parseSetCookie);
    for (const set of cookies) this.#keep(set);
    const html = await response.text();
    return {
      status: response.status,
      text: decode(html),
      html,
      headers: response.headers,
      cookies,
    };
  }

  /** Runs session calls in a Route Handler, or in what is at `path`; the results are in `results`. */
  async run(steps: readonly Step[], options: RunOptions = {}) {
    const { path = '/api/session', atOnce, headers } = options;
    const page = await this.#post(path, { steps, atOnce }, headers);
    return { ...page, results: JSON.parse(page.text) as unknown[] };
  }

  post(path: string, body: unknown): Promise<Page> {
    return this.#post(path, body);
  }

  /** Sends a form's fields, as a browser without JavaScript does. */
  async submit(path: string, fields: Record<string, string>, headers?: HeadersInit): Promise<Page> {
    const { html } = await this.open(path);
    const form = new FormData();
    for (const [, name = '', , value = ''] of html.matchAll(
      /<input type="hidden" name="([^"]*)"( value="([^"]*)")?/g,
    )) {
      form.set(name, decode(value));
    }
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    return this.open(path, { method: 'POST', body: form, ...(headers && { headers }) });
  }

  /** The session's data, as another request reads it. */
  async data(): Promise<unknown> {
    return JSON.parse((await this.open('/api/session')).text);
  }

  /** The store's calls since this was last asked. */
  async calls(): Promise<string[]> {
    return JSON.parse(await (await fetch(`${this.#app.url}/api/calls`)).text());
  }

  #post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Page> {
    const all = { 'content-type': 'application/json', ...headers };
    return this.open(path, { method: 'POST', headers: all, body: JSON.stringify(body) });
  }

  #keep({ name, value, attributes }: SetCookie): void {
    if (attributes.includes('expires=thu, 01 jan 1970 00:00:00 gmt')) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

function parseSetCookie(header: string): SetCookie {
  const [pair = '', ...attributes] = header.split('; ');
  const at = pair.indexOf('=');
  return {
    name: pair.slice(0, at),
    value: pair.slice(at + 1),
    attributes: attributes.map((part) => part.toLowerCase()),
  };
}

/** React writes text apart with comments, and quotes as entities. */
function decode(html: string): string {
  return html.replaceAll('<!-- -->', '').replaceAll('&quot;', '"');
}
