import { createRequire } from 'node:module';
import type { BrowserContext, Page } from '@playwright/test';
import { beforeEach, describe, expect, it } from 'vitest';
import type { NextApp } from './next-app.js';
import { StudioClient } from './studio-client.js';
import { StudioPage } from './studio-page.js';

/** The most that the page may load, in bytes. */
const MAX_PAGE_BYTES = 150_000;
const VIEWS = ['Requests', 'Sessions', 'Faults', 'Latency'];

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
      await page.getByRole('button', { name: 'Go on' }).click();
      await expect.poll(() => rows().count()).toBeGreaterThan(before);
      await page.getByRole('button', { name: 'Pause' }).click();
      await page.getByRole('button', { name: 'Go on' }).waitFor();
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
      await warning.getByText('a Secure session cookie was set over plain http').waitFor();
      expect(await warning.getByRole('link', { name: 'Read more' }).getAttribute('href')).toMatch(
        /^https:\/\/github\.com\/.*\/docs\/deployment\.md#the-cookies-name$/,
      );
      await page.getByText('Warnings since the start: 1').click();
      await page.locator('details.warnings').getByRole('link', { name: 'Read more' }).waitFor();
    });

    it.each([
      ['a phone', 360],
      ['half a laptop screen', 700],
    ])('fits on %s', async (_, width) => {
      await count();
      await page.setViewportSize({ width, height: 700 });
      for (const view of VIEWS) {
        await studio.show(view);
        if (view !== 'Faults') await page.getByRole('table').first().waitFor();
        expect(await misfits(), view).toEqual([]);
        if (view !== 'Requests' && view !== 'Sessions') continue;
        await rows().first().click();
        if (view === 'Sessions') await studio.shown('n').waitFor();
        expect(await misfits(), `${view}, one of them`).toEqual([]);
      }
    });

    /** Returns what has to be scrolled sideways, and buttons that a finger misses. */
    function misfits(): Promise<string[]> {
      return page.locator('html, .list, .detail, .view, button:visible').evaluateAll((parts) =>
        parts
          .filter((part) => {
            const { width, height } = part.getBoundingClientRect();
            const isSmall = part.matches('button') && Math.min(width, height) < 24;
            return isSmall || (!part.matches('button') && part.scrollWidth > part.clientWidth);
          })
          .map((part) => part.outerHTML.slice(0, 200)),
      );
    }

    it('shows what was chosen in place of the list on a phone, with the way back', async () => {
      await count();
      await page.setViewportSize({ width: 360, height: 700 });
      const list = page.getByRole('table', { name: 'Requests' });
      await rows().first().click();
      await studio.request.waitFor();
      expect(await list.isVisible()).toBe(false);
      await page.getByRole('button', { name: 'Back' }).click();
      await list.waitFor();
    });

    it.each([
      ['light', 1280],
      ['dark', 1280],
      ['light', 360],
    ] as const)('has no fault that axe finds, %s, %d pixels wide', { timeout: 120_000 }, async (...as) => {
      const [colorScheme, width] = as;
      const viewport = { width, height: 720 };
      const checked = await studio.browser.newContext({ bypassCSP: true, colorScheme, viewport });
      const tab = await checked.newPage();
      await tab.goto(new StudioClient(app().log).link);
      await tab.addScriptTag({ path: createRequire(import.meta.url).resolve('axe-core/axe.min.js') });
      await count();
      for (const view of VIEWS) {
        await tab.getByRole('navigation').getByRole('button', { name: view }).click();
        const inTable = tab.getByRole('table').getByRole('button');
        if (view !== 'Faults') await tab.getByRole('table').first().waitFor();
        expect(await violations(tab), view).toEqual([]);
        if (view === 'Requests' || view === 'Sessions') await inTable.first().click();
        if (view === 'Sessions') await tab.getByRole('button', { name: 'Edit n' }).click();
        if (view === 'Faults') await tab.getByRole('button', { name: 'Add' }).click();
        expect(await violations(tab), `${view}, in use`).toEqual([]);
      }
      await tab.getByRole('navigation').getByRole('button', { name: 'Faults' }).click();
      await tab.getByRole('button', { name: 'Remove' }).click();
      await checked.close();
    });

    it('shows how long calls took', async () => {
      await count();
      await studio.show('Latency');
      await page.getByRole('row', { name: /^set ok/ }).waitFor();
      await page.getByRole('button', { name: 'Begin again' }).click();
      await page.getByText('No call of the store yet.').waitFor();
    });
  });
}

/** Returns what axe finds on a page. */
function violations(tab: Page): Promise<string[]> {
  return tab.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') };
    const found = await axe.run(document);
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  });
}
