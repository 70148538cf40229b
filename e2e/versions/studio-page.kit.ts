import { createRequire } from 'node:module';
import type { BrowserContext, Page } from '@playwright/test';
import { beforeEach, describe, expect, it } from 'vitest';
import type { NextApp } from './next-app.js';
import { StudioClient } from './studio-client.js';
import { StudioPage } from './studio-page.js';

/** The most that the page may load, in bytes. */
const MAX_PAGE_BYTES = 150_000;

/** The page of the studio in a browser: what it is, and all of its views but that of sessions. */
export function studioPageTests(app: () => NextApp): void {
  describe('its page', () => {
    const studio = new StudioPage(app);
    const count = () => studio.count();
    let page: Page;
    let context: BrowserContext;
    beforeEach(() => {
      ({ page, context } = studio);
    });

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
      const detail = page.getByRole('region', { name: 'The chosen request' });
      await detail.getByText('Answered with 200').waitFor();
      await detail.getByRole('row', { name: /^set redis ok/ }).waitFor();
      expect(await detail.innerText()).toMatch(/The cookie sid was set: Path=\/; HttpOnly; SameSite=lax/);
    });

    it('filters, pauses and is moved in by keys', async () => {
      await count();
      await openApp('/api/memory');
      await page.bringToFront();
      await page.keyboard.press('/');
      await page.keyboard.type('memory');
      await page.keyboard.press('Escape');
      const rows = page.locator('.requests tbody tr');
      await expect
        .poll(() => rows.allInnerTexts())
        .toSatisfy((texts: string[]) => texts.every((text) => text.includes('/api/memory')));
      await page.keyboard.press('j');
      await page.getByRole('heading', { name: 'GET /api/memory' }).waitFor();
      await page.getByRole('searchbox').fill('');
      await page.getByRole('button', { name: 'Pause' }).click();
      const before = await rows.count();
      await count();
      // Longer than the server collects changes.
      await page.waitForTimeout(500);
      expect(await rows.count()).toBe(before);
      await page.getByRole('button', { name: 'Go on' }).click();
      await expect.poll(() => rows.count()).toBeGreaterThan(before);
    });

    it('filters by the outcome of a call, and by what happened to a session', async () => {
      await count();
      await count();
      const rows = page.locator('.requests tbody tr');
      const filter = page.getByRole('combobox', { name: 'Filter by outcome' });
      await page.getByRole('row', { name: /get hit/ }).waitFor();
      for (const [outcome, shown] of [
        ['session', 2],
        ['created', 1],
        ['hit', 1],
        ['trouble', 0],
        ['any', 2],
      ] as const) {
        await filter.selectOption(outcome);
        await expect.poll(() => rows.count()).toBe(shown);
      }
    });

    it('shows all requests of one session', async () => {
      await count();
      await count();
      await openApp('/api/memory');
      await page.getByRole('button', { name: 'POST /api/calls' }).first().click();
      await page.getByRole('button', { name: /^All of session/ }).click();
      const rows = page.locator('.requests tbody tr');
      await expect.poll(() => rows.count()).toBe(2);
    });

    it('shows a warning with the page that explains it', async () => {
      await context.request.get(`${app().url}/api/lost`);
      await page.getByRole('button', { name: 'GET /api/lost' }).click();
      const warning = page.getByRole('region', { name: 'The chosen request' }).locator('.warning');
      await warning.getByText('a request outside of /account set the session cookie').waitFor();
      expect(await warning.getByRole('link', { name: 'Read more' }).getAttribute('href')).toMatch(
        /^https:\/\/github\.com\/.*\/docs\/reference\.md#the-cookie$/,
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
      for (const view of ['Requests', 'Sessions', 'Faults', 'Latency']) {
        await page.getByRole('button', { name: view, exact: true }).click();
        if (view !== 'Faults') await page.getByRole('table').first().waitFor();
        const rows = page.getByRole('table').getByRole('button');
        if (view === 'Requests' || view === 'Sessions') await rows.first().click();
        if (view === 'Sessions') await studio.shown('n').waitFor();
        const wide = await page
          .locator('html, .list, .detail, .view')
          .evaluateAll((parts) => parts.filter((part) => part.scrollWidth > part.clientWidth).map(String));
        expect(wide, view).toEqual([]);
      }
    });

    it('lets calls fail, freezes the store, and puts the clock forward', async () => {
      await count();
      const get = () => context.request.get(`${app().url}/api/calls`);
      await page.getByRole('button', { name: 'Faults' }).click();
      await page.getByRole('button', { name: 'Add' }).click();
      await page.getByText('The next 1 call of get fail.').waitFor();
      expect((await get()).status()).toBe(500);
      expect((await get()).status()).toBe(200);
      await page.getByRole('button', { name: 'Freeze' }).click();
      await page.getByRole('button', { name: 'Thaw' }).waitFor();
      const frozen = get();
      await page.getByRole('button', { name: 'Thaw' }).click();
      expect((await frozen).status()).toBe(200);
      await page.getByRole('combobox', { name: 'Effect' }).selectOption('delay');
      await page.getByRole('spinbutton', { name: 'by' }).fill('700');
      await page.getByRole('textbox', { name: 'of the session' }).fill('nobody');
      await page.getByRole('button', { name: 'Add' }).click();
      await page.getByText('The next 1 call of get of nobody take 700 ms longer.').waitFor();
      await page.getByRole('button', { name: 'Remove' }).click();
      await expect.poll(() => page.locator('.faults li').count()).toBe(0);
      for (const step of ['An hour', 'A day']) await page.getByRole('button', { name: step }).click();
      await page.getByRole('button', { name: '30 days' }).click();
      await page.getByText('The sessions think it is').waitFor();
      expect(await (await get()).json()).toMatchObject({ n: null });
      await page.getByRole('button', { name: 'Back to now' }).click();
      await page.getByText('It is now.').waitFor();
    });

    it.each(['light', 'dark'] as const)(
      'has no fault that axe finds, %s',
      { timeout: 120_000 },
      async (colorScheme) => {
        const checked = await studio.browser.newContext({ bypassCSP: true, colorScheme });
        const tab = await checked.newPage();
        await tab.goto(new StudioClient(app().log).link);
        await tab.addScriptTag({ path: createRequire(import.meta.url).resolve('axe-core/axe.min.js') });
        await count();
        for (const view of ['Requests', 'Sessions', 'Faults', 'Latency']) {
          await tab.getByRole('button', { name: view, exact: true }).click();
          const rows = tab.getByRole('table').getByRole('button');
          if (view !== 'Faults') await tab.getByRole('table').first().waitFor();
          if (view === 'Requests' || view === 'Sessions') await rows.first().click();
          if (view === 'Sessions') await tab.getByRole('button', { name: 'Edit n' }).click();
          const violations = await tab.evaluate(async () => {
            const { axe } = globalThis as unknown as { axe: typeof import('axe-core') };
            const found = await axe.run(document);
            return found.violations.map(
              ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`,
            );
          });
          expect(violations).toEqual([]);
        }
        await checked.close();
      },
    );

    it('shows how long calls took', async () => {
      await count();
      await page.getByRole('button', { name: 'Latency' }).click();
      await page.getByRole('row', { name: /^set ok/ }).waitFor();
      await page.getByRole('button', { name: 'Begin again' }).click();
      await page.getByText('No call of the store yet.').waitFor();
    });
  });
}
