import { type Browser, chromium, type Page } from '@playwright/test';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchOptions } from '../example/browsers.js';
import type { Visitor } from '../versions/visitor.js';
import { calls } from './outcomes.js';
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
    const prefetched = new Set<string>();
    page.on('response', async (response) => {
      const prefetch = await response.request().headerValue('next-router-prefetch');
      if (prefetch) prefetched.add(`${new URL(response.url()).searchParams.get('n')} by ${prefetch}`);
    });
    await page.goto(`${site().processes[0]?.url}/links`, { waitUntil: 'networkidle' });
    expect(prefetched.size).toBeGreaterThanOrEqual(20);
    expect(calls(site())).toEqual({});
    // A lease that a prefetch left behind would hold this up.
    const elsewhere = await site().ask(visitor, '/api/fresh', 1);
    expect(elsewhere.ms).toBeLessThan(5_000);

    await site().run(visitor, 'expire');
    site().provider.reset();
    await page.getByText('link 7', { exact: true }).click();
    const token = page.locator('output');
    await token.waitFor();
    expect(JSON.parse((await token.textContent()) ?? '')).toMatchObject({
      token: await site().token(visitor),
    });
    expect(calls(site())).toEqual({ asked: 1, granted: 1 });
  });
}

async function openAs(visitor: Visitor, browser: Browser, site: Site): Promise<Page> {
  const context = await browser.newContext();
  const url = site.processes[0]?.url ?? '';
  await context.addCookies([...visitor.cookies].map(([name, value]) => ({ name, value, url })));
  return context.newPage();
}
