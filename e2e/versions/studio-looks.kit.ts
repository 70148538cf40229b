import { createRequire } from 'node:module';
import type { Page } from '@playwright/test';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { NextApp } from './next-app.js';
import { StudioClient } from './studio-client.js';
import { StudioPage } from './studio-page.js';

/** Few times are longer to read. */
const ALMOST_TWO_HOURS_MS = 118 * 60_000;
const VIEWS = ['Requests', 'Sessions', 'Faults', 'Latency'];

/** Whether the page of the studio fits on every screen, and can be used by everybody. */
export function studioLooksTests(app: () => NextApp): void {
  describe('its looks', () => {
    const studio = new StudioPage(app);
    const count = () => studio.count();
    let page: Page;
    beforeEach(() => {
      ({ page } = studio);
    });

    const rows = () => page.locator('.rows tbody tr');

    it.each([
      ['a phone', 360, 700],
      ['half a laptop screen', 700, 720],
      ['a laptop screen', 1180, 720],
    ])('fits on %s', async (_, width, height) => {
      await count();
      const client = new StudioClient(app().log);
      await client.call('faults/add', { operation: 'get', effect: 'fail', times: 1 });
      await page.context().request.get(`${app().url}/api/calls`);
      await client.call('clock', { aheadMs: ALMOST_TWO_HOURS_MS });
      onTestFinished(() => client.call('clock', { aheadMs: 0 }));
      await page.getByText(/clock/).waitFor({ state: 'attached' });
      await page.setViewportSize({ width, height });
      for (const view of VIEWS) {
        await studio.show(view);
        if (view !== 'Faults') await page.getByRole('table').first().waitFor();
        expect(await misfits(), view).toEqual([]);
        const cut = page.locator('.sessions :is(.user, .when)');
        expect(
          await cut.evaluateAll((cells) =>
            cells.filter((cell) => cell.scrollWidth > cell.clientWidth).map((cell) => cell.textContent),
          ),
        ).toEqual([]);
        if (view !== 'Requests' && view !== 'Sessions') continue;
        await rows().first().click();
        if (view === 'Sessions') await studio.shown('n').waitFor();
        expect(await misfits(), `${view}, one of them`).toEqual([]);
      }
    });

    /** Returns what has to be scrolled sideways, the page if it is longer than the window, and buttons that a finger misses. */
    function misfits(): Promise<string[]> {
      return page.locator('html, .list, .detail, .view, button:visible').evaluateAll((parts) =>
        parts
          .filter((part) => {
            const { width, height } = part.getBoundingClientRect();
            const isSmall = part.matches('button') && Math.min(width, height) < 24;
            const isLong = part.matches('html') && part.scrollHeight > part.clientHeight;
            return isSmall || isLong || (!part.matches('button') && part.scrollWidth > part.clientWidth);
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
