import { createRequire } from 'node:module';
import { type Browser, type BrowserContext, chromium, type Page } from '@playwright/test';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchOptions } from '../example/browsers.js';
import type { NextApp } from './next-app.js';
import { StudioClient, type StudioSession } from './studio-client.js';

/** The most that the page may load, in bytes. */
const MAX_PAGE_BYTES = 150_000;

/** The page of the studio in a browser, beside the app that runs in `next dev`. */
export function studioPageTests(app: () => NextApp): void {
  describe('its page', () => {
    let browser: Browser;
    let context: BrowserContext;
    let page: Page;
    /** What the browser complained of, and what it asked other servers for. */
    let problems: string[];
    let loaded: number;

    beforeAll(async () => {
      browser = await chromium.launch(launchOptions);
    });
    afterAll(() => browser?.close());

    beforeEach(async () => {
      const studio = new StudioClient(app().log);
      const { address, link } = studio;
      await studio.call('requests/clear');
      [problems, loaded] = [[], 0];
      context = await browser.newContext();
      page = await context.newPage();
      page.on('console', (message) => problems.push(message.text()));
      page.on('pageerror', (error) => problems.push(String(error)));
      page.on('request', (request) => request.url().startsWith(address) || problems.push(request.url()));
      page.on('response', async (response) => {
        if (!response.url().includes('/api/')) loaded += (await response.body()).length;
      });
      await page.goto(link);
      await page.getByText('Live').waitFor();
    });
    afterEach(() => context.close());

    /** Returns the table of sessions. */
    const sessions = () => page.getByRole('table', { name: 'Sessions' });

    /** Opens the app in the same browser. Returns its page. */
    async function openApp(path: string): Promise<Page> {
      const opened = await context.newPage();
      await opened.goto(app().url + path);
      return opened;
    }

    /** Returns what shows a value of the chosen session, to edit it. */
    const shown = (path: string, json = '') => page.getByRole('button', { name: `Edit ${path}: ${json}` });

    /** Replaces a value of the chosen session, without saving that. */
    async function edit(path: string, json: string): Promise<void> {
      await shown(path).click();
      await page.getByRole('textbox', { name: `The value of ${path}` }).fill(json);
      await page.keyboard.press('Enter');
    }

    /** Counts in the app, in the same browser. */
    async function count(): Promise<void> {
      await context.request.post(`${app().url}/api/calls`);
    }

    it('is small, asks nobody else for anything, and has its token in no address', async () => {
      await count();
      await page.getByRole('button', { name: 'POST /api/calls' }).first().waitFor();
      expect(loaded).toBeGreaterThan(0);
      expect(loaded).toBeLessThan(MAX_PAGE_BYTES);
      expect(page.url()).toBe(new StudioClient(app().log).address);
      await page.reload();
      await page.getByText('Live').waitFor();
      expect(problems).toEqual([]);
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

    it('edits a session, and shows what others wrote meanwhile', async () => {
      await count();
      await page.getByRole('button', { name: 'Sessions' }).click();
      await sessions().getByRole('button').first().click();
      await edit('n', '40');
      await page.getByRole('button', { name: 'Save' }).click();
      await expect.poll(() => page.locator('.writes').innerText()).toContain('40');
      await count();
      expect(await (await context.request.get(`${app().url}/api/calls`)).json()).toMatchObject({ n: 41 });
      await shown('n', '41').waitFor();
      await edit('n', '50');
      await count();
      await page.getByText('Changed by others:').waitFor();
      const changes = await page.locator('.editor .warning').innerText();
      expect(changes.replaceAll(/\s+/g, ' ')).toContain('n 41 42 Changed here, and not saved: n 41 50');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('Nothing was saved: the session has changed meanwhile.').waitFor();
      await page.getByRole('button', { name: 'Take the current data' }).click();
      await shown('n', '42').waitFor();
    });

    it('edits every part of the data', async () => {
      await count();
      await page.getByRole('button', { name: 'Sessions' }).click();
      await sessions().getByRole('button').first().click();
      const button = (name: string) => page.getByRole('button', { name, exact: true });
      await button('Add to all data').click();
      await page.keyboard.type('cart');
      await page.getByRole('textbox', { name: 'The value to add to all data' }).fill('{ "items": ["a"] }');
      await page.keyboard.press('Enter');
      await button('Add to cart.items').click();
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.type('b');
      await button('Take').click();
      await page.getByText('This is not JSON.').waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('textbox', { name: 'The value to add to cart.items' }).fill('"b"');
      await button('Take').click();
      await button('Remove n').click();
      await shown('cart.items.0').click();
      await button('Leave').click();
      await button('Save').click();
      await expect.poll(() => page.locator('.writes').innerText()).toContain('cart.items.1');
      const { content } = await new StudioClient(app().log).call<StudioSession>('session', {
        handle: (await page.locator('h2').innerText()).split(' ').at(-1),
      });
      expect(content.data).toEqual({ cart: { items: ['a', 'b'] } });
      await button('What cart holds').click();
      expect(await shown('cart.items.0').count()).toBe(0);
      await button('Remove cart').click();
      await button('Undo').click();
      await shown('cart').waitFor();
    });

    it('gives a session a new ID, which the browser gets with its next request', async () => {
      await count();
      const cookie = async () => (await context.cookies(app().url)).find(({ name }) => name === 'sid')?.value;
      const before = await cookie();
      await page.getByRole('button', { name: 'Sessions' }).click();
      await sessions().getByRole('button').first().click();
      const title = page.getByRole('heading', { name: /^Session \S{16}$/ });
      const old = await title.innerText();
      await page.getByRole('button', { name: 'Regenerate' }).click();
      await expect.poll(() => title.innerText()).not.toBe(old);
      expect(await cookie()).toBe(before);
      const answer = await context.request.get(`${app().url}/api/calls`);
      expect(await answer.json()).toMatchObject({ n: 1 });
      expect(await cookie()).not.toBe(before);
      await count();
      await shown('n', '2').waitFor();
    });

    it('moves among sessions by keys, and looks for those of a user', async () => {
      await count();
      await context.clearCookies();
      await count();
      await page.getByRole('button', { name: 'Sessions' }).click();
      await sessions().waitFor();
      const rows = await sessions().locator('.path button').allInnerTexts();
      for (const [key, at] of [
        ['j', 0],
        ['j', 1],
        ['k', 0],
      ] as const) {
        await page.keyboard.press(key);
        await page.getByRole('heading', { name: `Session ${rows[at]?.split(' ')[1]}` }).waitFor();
      }
      await page.keyboard.press('/');
      await page.keyboard.type('nobody');
      await page.getByText('This user has none.').waitFor();
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
        if (view === 'Sessions') await shown('n').waitFor();
        const wide = await page
          .locator('html, .list, .detail, .view')
          .evaluateAll((parts) => parts.filter((part) => part.scrollWidth > part.clientWidth).map(String));
        expect(wide, view).toEqual([]);
      }
    });

    it('opens the app as a session, in a browser that has none', async () => {
      await count();
      await page.getByRole('button', { name: 'Sessions' }).click();
      await sessions().getByRole('button').first().click();
      await context.clearCookies();
      const [opened] = await Promise.all([
        context.waitForEvent('page'),
        page.getByRole('button', { name: 'Open the app as this session' }).click(),
      ]);
      await opened.waitForURL(`${app().url}/`);
      await opened.getByText('"n":1').waitFor();
      const [cookie] = await context.cookies(app().url);
      expect(cookie).toMatchObject({ name: 'sid', httpOnly: true, sameSite: 'Lax' });
    });

    it.each(['End', 'Let it expire'])('brings a session to its end by "%s"', async (button) => {
      await count();
      await page.getByRole('button', { name: 'Sessions' }).click();
      await sessions().getByRole('button').first().click();
      await page.getByRole('button', { name: button, exact: true }).click();
      await page.getByText(/This session is (gone|expired)\./).waitFor();
      const answer = await context.request.get(`${app().url}/api/calls`);
      expect(await answer.json()).toMatchObject({ n: null });
    });

    it('hides the values of a session, and copies it as code of tests', async () => {
      await context.grantPermissions(['clipboard-read', 'clipboard-write']);
      await count();
      await page.getByRole('button', { name: 'Sessions' }).click();
      await sessions().getByRole('button').first().click();
      for (const [button, code] of [
        ['Copy as tester', 'createSessionTester(session, { data: {'],
        ['Copy as fixture', 'await sessions.as({'],
      ] as const) {
        await page.getByRole('button', { name: button }).click();
        await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain(code);
      }
      await page.getByRole('button', { name: 'Hide values' }).click();
      const panel = page.getByRole('region', { name: 'The chosen session' });
      await shown('n', '•••').waitFor();
      expect(await panel.locator('.writes').innerText()).toContain('•••');
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
        const checked = await browser.newContext({ bypassCSP: true, colorScheme });
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
