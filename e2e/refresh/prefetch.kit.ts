import { type Browser, chromium, type Page, type Request } from '@playwright/test';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchOptions } from '../example/browsers.js';
import { COMPLAINTS } from '../versions/next-defaults.kit.js';
import type { Visitor } from '../versions/visitor.js';
import { askAtOnce, calls, results } from './outcomes.js';
import type { Site } from './site.js';

/** Adds the test of links that Next prefetches: to a page that renews an expired token. */
export function testPrefetch(site: () => Site): void {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch(launchOptions);
  });
  afterAll(() => browser?.close());

  it('20 links that are prefetched renew nothing and hold no lease: the visit is the one call', async () => {
    const visitor = await site().signIn();
    const page = await openAs(visitor, browser, site());
    const { seen, logged } = await begun(site());
    const prefetches = new Prefetches(page);
    await page.goto(`${site().processes[0]?.url}/links`);
    await expect.poll(() => prefetches.kinds).toEqual(['static', 'rendered']);
    await expect.poll(() => prefetches.open).toEqual([]);
    expect(await site().renewals()).toBe(seen);

    await page.getByText('link 7', { exact: true }).click();
    const token = page.locator('output');
    await token.waitFor();
    const shown = JSON.parse((await token.textContent()) ?? '');
    expect(shown.token).toBe(await site().token(visitor));
    expect(await site().renewals()).toBe(seen + 1);
    expect(calls(site())).toEqual({ asked: 1, granted: 1 });
    expect(logged()).not.toMatch(COMPLAINTS);
  });

  it('20 renders for a prefetch at once renew nothing, and each ends', async () => {
    const visitor = await site().signIn();
    const { seen, logged } = await begun(site());
    const renders = [...Array(20).keys()].map((n) => renderForPrefetch(visitor, `/fresh?n=${n}`));
    expect(new Set((await Promise.all(renders)).map(({ status }) => status))).toEqual(new Set([200]));
    expect(await site().renewals()).toBe(seen);
    expect(results(await askAtOnce(site(), visitor, 4))).toEqual([await site().token(visitor)]);
    expect(await site().renewals()).toBe(seen + 1);
    expect(calls(site())).toEqual({ asked: 1, granted: 1 });
    expect(logged()).not.toMatch(COMPLAINTS);
  });
}

/** Adds the test of a function that Next caches for one visitor: nothing is renewed there. */
export function testPrivateCache(site: () => Site): void {
  it('in "use cache: private" a fresh token is returned, and for an expired one an error says what to do', async () => {
    const visitor = await site().signIn();
    expect(await site().ask(visitor, '/private')).toMatchObject({ code: 'ERR_SESSION_READ_ONLY' });
    expect(calls(site())).toEqual({});
    const { token } = await site().ask(visitor, '/api/fresh');
    expect(await site().ask(visitor, '/private')).toMatchObject({ token });
  });
}

/** Returns what the first process has logged from now on, and how often `renew` has been called so far. */
async function begun(site: Site): Promise<{ seen: number; logged: () => string }> {
  const [app] = site.processes;
  const from = app?.log.length;
  return { seen: await site.renewals(), logged: () => app?.log.slice(from) ?? '' };
}

/** Asks as Next's router does ahead of a visit. */
async function renderForPrefetch(visitor: Visitor, path: string): Promise<{ status: number }> {
  const init = { headers: { RSC: '1', 'next-router-prefetch': '2' } };
  // The address has to have a hash of the headers.
  const { headers } = await visitor.open(path, init);
  return visitor.open(headers.get('location') ?? path, init);
}

/** What Next prefetches in a page. */
class Prefetches {
  readonly #open = new Set<Request>();
  readonly #kinds = new Set<string>();

  constructor(page: Page) {
    page.on('request', (request) => {
      const kind = request.headers()['next-router-prefetch'];
      if (!kind) return;
      this.#kinds.add(kind === '1' ? 'static' : 'rendered');
      this.#open.add(request);
    });
    page.on('requestfinished', (request) => this.#open.delete(request));
    // By Next's router, which has what it wanted.
    page.on('requestfailed', (request) => this.#open.delete(request));
  }

  get kinds(): string[] {
    return [...this.#kinds];
  }

  /** The addresses of those that wait for their answer. */
  get open(): string[] {
    return [...this.#open].map((request) => request.url());
  }
}

async function openAs(visitor: Visitor, browser: Browser, site: Site): Promise<Page> {
  const context = await browser.newContext();
  const url = site.processes[0]?.url ?? '';
  await context.addCookies([...visitor.cookies].map(([name, value]) => ({ name, value, url })));
  return context.newPage();
}
