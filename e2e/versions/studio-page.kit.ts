import type { BrowserContext, Page } from '@playwright/test';
import { beforeEach, describe, expect, it } from 'vitest';
import type { NextApp } from './next-app.js';
import { StudioClient } from './studio-client.js';
import { StudioPage } from './studio-page.js';

/** The most that the page may load, in bytes. */
const MAX_PAGE_BYTES = 150_000;

/** The page of the studio in a browser: what it is, and its views of requests and of latency. */
export function studioPageTests(app: () => NextApp): void {
  describe('its page', () => {
    const studio = new StudioPage(app);
    const count = () => studio.count();
    let page: Page;
    let context: BrowserContext;
    beforeEach(() => {
      ({ page, context } = studio);
    });

    /** Returns the rows of the list. */
    const rows = () => page.locator('.rows tbody tr');

    /** Opens the app in the same browser. Returns its page. */
    async function openApp(path: string): Promise<Page> {
      const opened = await context.newPage();
      await opened.goto(app().url + path);
      return opened;
    }

    it('is small, asks nobody else for anything, and has its token in no address', async () => {
      await count();
      await page.getByRole('button', { name: 'POST /api/calls' }).first().waitFor();
      expect(studio.loaded).toBeGreaterThan(0);
      expect(studio.loaded).toBeLessThan(MAX_PAGE_BYTES);
      expect(page.url()).toBe(new StudioClient(app().log).address);
      await page.getByRole('heading', { name: 'Session Studio · shop' }).waitFor();
      expect(await page.title()).toBe('Session Studio · shop');
      await page.reload();
      await page.getByText('Live').waitFor();
      expect(studio.problems).toEqual([]);
    });

    it('shows a request as it comes, with its calls and the cookie', async () => {
      await count();
      await page.getByRole('button', { name: 'POST /api/calls' }).first().click();
      await studio.request.getByText('200 after').waitFor();
      await studio.request.getByRole('row', { name: /^set redis ok/ }).waitFor();
      expect(await studio.request.innerText()).toMatch(
        /The cookie sid was set: Path=\/; HttpOnly; SameSite=lax/,
      );
      await page.getByRole('button', { name: 'Close' }).click();
      expect(await studio.request.count()).toBe(0);
    });

    it('filters, pauses and is moved in by keys', async () => {
      await count();
      await openApp('/api/memory');
      await page.bringToFront();
      await page.keyboard.press('/');
      await page.keyboard.type('memory');
      await page.keyboard.press('Escape');
      await expect
        .poll(() => rows().allInnerTexts())
        .toSatisfy((texts: string[]) => texts.every((text) => text.includes('/api/memory')));
      await page.keyboard.press('j');
      await page.getByRole('heading', { name: 'GET /api/memory' }).waitFor();
      await page.keyboard.press('Escape');
      expect(await studio.request.count()).toBe(0);
      await page.getByRole('searchbox').fill('');
      await page.keyboard.press('Escape');
      await page.keyboard.press('p');
      const before = await rows().count();
      await count();
      // Longer than the server collects changes.
      await page.waitForTimeout(500);
      expect(await rows().count()).toBe(before);
      await page.getByRole('status').getByText('Paused · 1 waiting').waitFor();
      await page.getByRole('button', { name: 'Resume' }).click();
      await expect.poll(() => rows().count()).toBe(before + 1);
      await page.getByText('Live').waitFor();
      await page.getByRole('button', { name: 'Pause' }).click();
      await page.getByRole('button', { name: 'Resume' }).waitFor();
    });

    it('brings the chosen row into view', async () => {
      for (let n = 0; n < 30; n++) await count();
      await page.setViewportSize({ width: 1180, height: 400 });
      await expect.poll(() => rows().count()).toBe(30);
      await page.keyboard.press('j');
      const top = await page.locator('.list').evaluate(({ scrollTop }) => scrollTop);
      for (let n = 0; n < 29; n++) await page.keyboard.press('j');
      await expect.poll(() => rows().last().getAttribute('aria-current')).toBe('true');
      const list = page.locator('.list');
      expect(await list.evaluate(({ scrollTop }) => scrollTop)).toBeGreaterThan(top);
      for (let n = 0; n < 29; n++) await page.keyboard.press('k');
      // The header of the table stays, and does not cover the row.
      await expect.poll(() => list.evaluate(({ scrollTop }) => scrollTop)).toBe(0);
    });

    it('filters by the outcome of a call, and by what happened to a session', async () => {
      await count();
      await count();
      const filter = page.getByRole('combobox', { name: 'Filter by outcome' });
      await page.getByRole('row', { name: /get hit/ }).waitFor();
      for (const [outcome, shown] of [
        ['session', 2],
        ['created', 1],
        ['hit', 1],
        ['trouble', 0],
      ] as const) {
        await filter.selectOption(outcome);
        await expect.poll(() => rows().count()).toBe(shown);
      }
      await page.getByRole('button', { name: 'Show all requests' }).click();
      await expect.poll(() => rows().count()).toBe(2);
    });

    it('shows a cookie that was refused, and a session that the store does not hold', async () => {
      await fetch(`${app().url}/api/calls`, { headers: { cookie: 'sid=forged' } });
      await page.getByRole('row', { name: /cookie refused/ }).waitFor();
      const filter = page.getByRole('combobox', { name: 'Filter by outcome' });
      for (const outcome of ['trouble', 'cookie_rejected']) {
        await filter.selectOption(outcome);
        await expect.poll(() => rows().count()).toBe(1);
      }
      await filter.selectOption('any');
      await count();
      const client = new StudioClient(app().log);
      const handle = (await client.requests()).at(-1)?.sessions[0];
      await client.call('session/end', { handle });
      await context.request.get(`${app().url}/api/calls`);
      await page
        .getByRole('row', { name: /get miss/ })
        .getByRole('button')
        .click();
      await studio.request.getByText('The store does not hold this session').waitFor();
    });

    it('forgets the requests so far', async () => {
      await count();
      await rows().first().click();
      await page.getByRole('button', { name: 'Clear' }).click();
      await page.getByText('No request yet.').waitFor();
      await page.reload();
      await page.getByText('No request yet.').waitFor();
      await count();
      await expect.poll(() => rows().count()).toBe(1);
    });

    it('shows a warning with the page that explains it', async () => {
      await context.request.get(`${app().url}/api/lost`);
      await page.getByRole('button', { name: 'GET /api/lost' }).click();
      const warning = studio.request.locator('.warning');
      await warning.getByText(/^A Secure session cookie was set over plain http/).waitFor();
      await page.getByRole('row', { name: /GET \/api\/lost .* warning/ }).waitFor();
      await page.getByRole('combobox', { name: 'Filter by outcome' }).selectOption('trouble');
      await expect.poll(() => rows().count()).toBe(1);
      expect(await warning.getByRole('link', { name: 'Read more' }).getAttribute('href')).toMatch(
        /^https:\/\/github\.com\/.*\/docs\/deployment\.md#the-cookies-name$/,
      );
      await page.getByText('Warnings since the start: 1').click();
      await page.locator('details.warnings').getByRole('link', { name: 'Read more' }).waitFor();
    });

    it('shows how long calls took', async () => {
      await count();
      await studio.show('Latency');
      await page.getByRole('row', { name: /^set ok/ }).waitFor();
      await page.getByRole('button', { name: 'Reset' }).click();
      await page.getByText('No call of the store yet.').waitFor();
    });
  });
}
