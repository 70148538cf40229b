import type { BrowserContext, Page } from '@playwright/test';
import { beforeEach, describe, expect, it } from 'vitest';
import type { NextApp } from './next-app.js';
import { StudioClient, type StudioSession } from './studio-client.js';
import { StudioPage } from './studio-page.js';

/** How the views of the studio's page lead to each other, and what goes wrong on purpose. */
export function studioWaysTests(app: () => NextApp): void {
  describe('the ways through its page', () => {
    const studio = new StudioPage(app);
    let page: Page;
    let context: BrowserContext;
    beforeEach(() => {
      ({ page, context } = studio);
    });

    const button = (name: string | RegExp) => page.getByRole('button', { name });
    const rows = () => page.locator('.rows tbody tr');
    const badge = () => page.getByRole('navigation').locator('.badge');
    const get = () => context.request.get(`${app().url}/api/calls`);

    it('lead from a request to its session, to all requests of that, and back', async () => {
      await studio.count();
      await studio.count();
      await context.request.get(`${app().url}/api/memory`);
      await expect.poll(() => rows().count()).toBe(3);
      await button('POST /api/calls').first().click();
      await button('All requests of this session').click();
      await expect.poll(() => rows().count()).toBe(2);
      await button('Show all sessions').click();
      await expect.poll(() => rows().count()).toBe(3);
      await button(/^Open session/).click();
      await studio.shown('n', '2').waitFor();
      await button('Its requests').click();
      await expect.poll(() => rows().count()).toBe(2);
    });

    it('lead from a write to its request, whatever was filtered', async () => {
      await studio.count();
      await page.getByRole('searchbox').fill('nothing');
      await studio.openSession();
      await studio.session.getByRole('button', { name: 'POST /api/calls' }).click();
      await page.getByRole('heading', { name: 'POST /api/calls' }).waitFor();
      expect(await rows().first().getAttribute('aria-current')).toBe('true');
    });

    it('say so when a request is not kept any more, or a session not known', async () => {
      await studio.count();
      await studio.openSession();
      await studio.session.getByRole('button', { name: 'POST /api/calls' }).waitFor();
      await new StudioClient(app().log).call('requests/clear');
      await page.reload();
      await button(/^request \d+$/).click();
      await studio.request.getByRole('alert').getByText('It is not in the list').waitFor();
      await page.waitForFunction(() =>
        Object.values(sessionStorage).some((text: string) => text.includes('"view":"requests"')),
      );
      await page.evaluate(() => {
        const [key = '', text = ''] =
          Object.entries(sessionStorage).find(([name]) => name.endsWith('-shown')) ?? [];
        sessionStorage.setItem(key, text.replace(/"session":"[^"]*"/, '"session":"of-nobody"'));
      });
      await page.reload();
      await studio.show('Sessions');
      await studio.session.getByText('does not know this session').waitFor();
    });

    it('are found by keys, and kept by a reload', async () => {
      await studio.count();
      for (const [key, view] of ['Requests', 'Sessions', 'Faults', 'Latency'].entries()) {
        await page.keyboard.press(String(key + 1));
        await page.locator('[aria-current=page]').getByText(view).waitFor();
      }
      await studio.openSession();
      const handle = await studio.handle();
      await page.reload();
      await studio.shown('n', '1').waitFor();
      expect(await studio.handle()).toBe(handle);
      expect(page.url()).toBe(new StudioClient(app().log).address);
    });

    it('stay open while a hundred requests a second come', async () => {
      await studio.count();
      let isOver = false;
      let sent = 0;
      const load = (async () => {
        const visits: Promise<Response>[] = [];
        while (!isOver || sent < 200) {
          sent += 1;
          visits.push(fetch(`${app().url}/api/memory`));
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
        return new Set((await Promise.all(visits)).map(({ status }) => status));
      })();
      await expect.poll(() => rows().count()).toBeGreaterThan(50);
      await page.keyboard.press('j');
      await page.getByRole('heading', { name: 'GET /api/memory' }).waitFor();
      await page.keyboard.press('/');
      await page.keyboard.type('calls');
      await expect.poll(() => rows().count()).toBe(1);
      await page.keyboard.press('Escape');
      await studio.show('Latency');
      await page.getByRole('row', { name: /^set ok/ }).waitFor();
      await studio.show('Requests');
      isOver = true;
      expect(await load).toEqual(new Set([200]));
    });

    it('ask for nothing while nobody looks at the page, and show it all then', async () => {
      await studio.count();
      await rows().first().waitFor();
      const asked: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      await setHidden(page, true);
      // What was asked before comes to its end.
      await page.waitForTimeout(500);
      asked.length = 0;
      await studio.count();
      // Longer than the time between two questions.
      await page.waitForTimeout(2500);
      expect(asked).toEqual([]);
      expect(await rows().count()).toBe(1);
      await setHidden(page, false);
      await expect.poll(() => rows().count()).toBe(2);
    });

    it('go on with the token of the next start, in the same tab', async () => {
      const { address, link } = new StudioClient(app().log);
      await studio.count();
      await studio.openSession();
      await button('Hide values').click();
      await page.goto(`${address}#of-another-start`);
      await page.getByRole('alert').getByText('Open the address that the app printed').waitFor();
      await page.getByRole('status').getByText('No access').waitFor();
      expect(await studio.session.count()).toBe(0);
      const asked: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      // Longer than the time between two questions.
      await page.waitForTimeout(2500);
      expect(asked).toEqual([]);
      await page.goto(link);
      await page.getByText('Live').waitFor();
      await studio.show('Sessions');
      await button('Show values').waitFor();
    });

    it('lead from a session to faults of its calls alone', async () => {
      await studio.count();
      await studio.openSession();
      await button('Make its calls fail …').click();
      const choice = page.getByRole('combobox', { name: 'for which sessions' });
      const handle = await choice.inputValue();
      expect(handle).toMatch(/^[\w-]{16}$/);
      await button('For all sessions').click();
      expect(await choice.inputValue()).toBe('');
      await choice.selectOption(handle);
      await page.getByRole('spinbutton', { name: 'The next' }).fill('2');
      await button('Add').click();
      const rule = page.locator('.rules li');
      await rule.getByText(/^The next 2 calls of get for .* fail\.$/).waitFor();
      await studio.show('Requests');
      await badge().getByText('1 fault').waitFor();
      expect((await fetch(`${app().url}/api/calls`)).status).toBe(200);
      expect((await get()).status()).toBe(500);
      await studio.show('Faults');
      await rule.getByText(/^The next call of get for .* fails\.$/).waitFor();
      await rule.getByRole('button', { name: /^Open session/ }).click();
      expect(await studio.handle()).toBe(handle);
      await studio.show('Faults');
      await button('Remove').click();
      await page.getByText('No call fails or waits on purpose.').waitFor();
      expect(await badge().count()).toBe(0);
    });

    it('lets calls fail, freezes the store, and puts the clock forward', async () => {
      await studio.count();
      await studio.show('Faults');
      await button('Add').click();
      await page.getByText('The next call of get fails.').waitFor();
      expect((await get()).status()).toBe(500);
      expect((await get()).status()).toBe(200);
      await studio.show('Requests');
      await page
        .getByRole('row', { name: /get error on purpose/ })
        .getByRole('button')
        .click();
      await studio.request.getByRole('row', { name: /error on purpose/ }).waitFor();
      await studio.show('Faults');
      await button('Freeze').click();
      await badge().getByText('frozen').waitFor();
      await page.getByText('It is frozen: no call is answered.').waitFor();
      const frozen = get();
      await button('Unfreeze').click();
      expect((await frozen).status()).toBe(200);
      await page.getByRole('combobox', { name: 'Effect' }).selectOption('delay');
      await page.getByRole('spinbutton', { name: 'by' }).fill('700');
      await button('Add').click();
      await page.getByText('The next call of get takes 700 ms longer.').waitFor();
      await button('Remove').click();
      await expect.poll(() => page.locator('.rules li').count()).toBe(0);
      for (const step of ['An hour', 'A day', '30 days']) await button(step).click();
      await page.getByText('The sessions think it is').waitFor();
      await badge().getByText('clock + 31 d').waitFor();
      expect(await (await get()).json()).toMatchObject({ n: null });
      await studio.show('Requests');
      await page
        .getByRole('row', { name: /get (miss|expired)/ })
        .getByRole('button')
        .click();
      await studio.request.getByText('The clock of its session was 31 d ahead.').waitFor();
      await studio.show('Faults');
      await button('Back to now').click();
      await page.getByText('It is now.').waitFor();
    });

    it('refuse what a session cannot hold, and take keys of any other name', async () => {
      await studio.count();
      await studio.openSession();
      await studio.edit('n', '1e999');
      await page.getByText('This number is too large.').waitFor();
      await page.keyboard.press('Escape');
      await studio.edit('all data', '[]');
      await page.getByText('The data of a session is an object').waitFor();
      await page.keyboard.press('Escape');
      await studio.edit('all data', '{ "__proto__": 1 }');
      await button('Save').click();
      await studio.session.getByRole('alert').getByText('__proto__').waitFor();
      await button('Undo').click();
      await studio.edit('all data', '{ "": 2, "a.b": [[]] }');
      await button('Save').click();
      await expect.poll(() => page.locator('.writes').innerText()).toContain('["a.b"].0');
      const { content } = await new StudioClient(app().log).call<StudioSession>('session', {
        handle: await studio.handle(),
      });
      expect(JSON.stringify(content.data)).toBe('{"":2,"a.b":[[]]}');
    });
  });
}

/** Lets a page believe that nobody looks at it, or that somebody does again. A browser without a screen shows all its pages. */
async function setHidden(page: Page, isHidden: boolean): Promise<void> {
  await page.evaluate((hidden) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event('visibilitychange'));
  }, isHidden);
}
