import type { BrowserContext } from '@playwright/test';

/** The kinds of requests that an app answers by its code. */
const KINDS: readonly string[] = ['document', 'fetch', 'xhr'];

/** The requests of one browser that were answered. Only those that belong to the run of the test. */
export class AppRequests {
  readonly #context: BrowserContext;
  readonly #urls: string[] = [];

  /** @param runHeaders what each request of the run carries. */
  constructor(context: BrowserContext, runHeaders: Readonly<Record<string, string>>) {
    this.#context = context;
    context.on('response', (response) => {
      const request = response.request();
      const headers = request.headers();
      const isOurs = Object.entries(runHeaders).every(([name, value]) => headers[name] === value);
      if (isOurs && KINDS.includes(request.resourceType())) this.#urls.push(request.url());
    });
  }

  /** The addresses, in the order of their answers. */
  get urls(): readonly string[] {
    return this.#urls;
  }

  /** Returns the addresses that the browser sends a cookie to. */
  async withCookie(name: string): Promise<readonly string[]> {
    const sent = new Set<string>();
    for (const url of new Set(this.#urls)) {
      if ((await this.#context.cookies(url)).some((cookie) => cookie.name === name)) sent.add(url);
    }
    return this.#urls.filter((url) => sent.has(url));
  }
}
