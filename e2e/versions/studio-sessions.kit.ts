import type { BrowserContext, Page } from '@playwright/test';
import { beforeEach, describe, expect, it } from 'vitest';
import type { NextApp } from './next-app.js';
import { StudioClient, type StudioSession } from './studio-client.js';
import { StudioPage } from './studio-page.js';

/** The sessions in the page of the studio: looked at, edited, moved, ended, copied. */
export function studioSessionsTests(app: () => NextApp): void {
  describe('the sessions in its page', () => {
    const studio = new StudioPage(app);
    const count = () => studio.count();
    let page: Page;
    let context: BrowserContext;
    beforeEach(() => {
      ({ page, context } = studio);
    });

    /** Returns the table of sessions. */
    const sessions = () => page.getByRole('table', { name: 'Sessions' });

    it('edits a session, and shows what others wrote meanwhile', async () => {
      await count();
      await studio.openSession();
      await studio.edit('n', '40');
      await page.getByRole('button', { name: 'Save' }).click();
      await expect.poll(() => page.locator('.writes').innerText()).toContain('40');
      await count();
      expect(await (await context.request.get(`${app().url}/api/calls`)).json()).toMatchObject({ n: 41 });
      await studio.shown('n', '41').waitFor();
      await studio.edit('n', '50');
      await page.getByRole('button', { name: 'Close' }).click();
      await count();
      await studio.openSession();
      await page.getByText('Changed by others:').waitFor();
      const changes = await page.locator('.editor .warning').innerText();
      expect(changes.replaceAll(/\s+/g, ' ')).toContain('n 41 42 Changed here, and not saved: n 41 50');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('Nothing was saved: the session has changed meanwhile.').waitFor();
      await page.getByRole('button', { name: 'Take the current data' }).click();
      await studio.shown('n', '42').waitFor();
    });

    it('says so when the session has ended before an edit is saved', async () => {
      await count();
      await studio.openSession();
      await studio.edit('n', '40');
      // Or the page may find out by itself first.
      await page.route('**/api/session', (route) => route.abort());
      await new StudioClient(app().log).call('session/end', { handle: await studio.handle() });
      await page.getByRole('button', { name: 'Save' }).click();
      await studio.session
        .getByRole('alert')
        .getByText('Nothing was saved: the session has ended.')
        .waitFor();
    });

    it('edits every part of the data', async () => {
      await count();
      await studio.openSession();
      const button = (name: string) => page.getByRole('button', { name, exact: true });
      await button('Add to all data').click();
      await page.keyboard.type('not this');
      await page.keyboard.press('Escape');
      expect(await page.getByRole('textbox', { name: /to add to all data/ }).count()).toBe(0);
      await button('Add to all data').click();
      await page.keyboard.type('cart');
      // On to the value, whose text is typed over.
      await page.keyboard.press('Enter');
      await page.keyboard.type('{ "items": ["a"] }');
      await page.keyboard.press('Enter');
      await button('Add to cart.items').click();
      await page.keyboard.type('b');
      await button('Apply').click();
      await page.getByText('This is not JSON.').waitFor();
      // It leaves the field alone, also from its buttons.
      await page.keyboard.press('Escape');
      await button('Add to cart.items').click();
      await page.getByRole('textbox', { name: 'The value to add to cart.items' }).fill('"b"');
      await button('Apply').click();
      await button('Remove n').click();
      await studio.shown('cart.items.0').click();
      await button('Cancel').click();
      await button('Save').click();
      await expect.poll(() => page.locator('.writes').innerText()).toContain('cart.items.1');
      const { content } = await new StudioClient(app().log).call<StudioSession>('session', {
        handle: await studio.handle(),
      });
      expect(content.data).toEqual({ cart: { items: ['a', 'b'] } });
      await button('What cart holds').click();
      expect(await studio.shown('cart.items.0').count()).toBe(0);
      await button('Remove cart').click();
      await button('Undo').click();
      await studio.shown('cart').waitFor();
    });

    it('gives a session a new ID, which the browser gets with its next request', async () => {
      await count();
      const cookie = async () => (await context.cookies(app().url)).find(({ name }) => name === 'sid')?.value;
      const before = await cookie();
      await studio.openSession();
      const old = await studio.handle();
      await page.getByRole('button', { name: 'Regenerate' }).click();
      await page.getByText('The session has a new ID.').waitFor();
      await expect.poll(() => studio.handle()).not.toBe(old);
      expect(await cookie()).toBe(before);
      const answer = await context.request.get(`${app().url}/api/calls`);
      expect(await answer.json()).toMatchObject({ n: 1 });
      expect(await cookie()).not.toBe(before);
      await count();
      await studio.shown('n', '2').waitFor();
    });

    it('moves among sessions by keys, and looks for those of a user', async () => {
      await count();
      await context.clearCookies();
      await count();
      await studio.show('Sessions');
      await sessions().waitFor();
      const rows = await sessions().locator('.path button').allInnerTexts();
      for (const [key, at] of [
        ['j', 0],
        ['j', 1],
        ['k', 0],
      ] as const) {
        await page.keyboard.press(key);
        await page.getByRole('heading', { name: `Session ${rows[at]?.split(' ')[0]}` }).waitFor();
      }
      await page.keyboard.press('Escape');
      expect(await studio.session.count()).toBe(0);
      await page.keyboard.press('/');
      await page.keyboard.type('nobody');
      await page.getByText('This user has no session.').waitFor();
      await page.getByRole('searchbox').fill('');
      await page.keyboard.press('Escape');
      await sessions().getByRole('button').first().click();
      await studio.session.waitFor();
      // Of another user, perhaps.
      await page.getByRole('searchbox').fill('ada');
      expect(await studio.session.count()).toBe(0);
    });

    it('opens the app as a session, in a browser that has none', async () => {
      await count();
      await studio.openSession();
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

    it.each([
      ['End session', 'The session was ended.'],
      ['Expire', 'The session has expired.'],
    ])('brings a session to its end by "%s"', async (button, words) => {
      await count();
      await studio.openSession();
      await page.getByRole('button', { name: button, exact: true }).click();
      await page.getByRole('status').getByText(words).waitFor();
      await studio.session.getByText(/This session is (gone|expired)\./).waitFor();
      const answer = await context.request.get(`${app().url}/api/calls`);
      expect(await answer.json()).toMatchObject({ n: null });
      expect(await page.getByRole('button', { name: 'Make its calls fail …' }).isDisabled()).toBe(true);
    });

    it('hides the values of a session, and copies it as code of tests', async () => {
      await context.grantPermissions(['clipboard-read', 'clipboard-write']);
      await count();
      await studio.openSession();
      for (const [button, code] of [
        ['Copy as tester', 'createSessionTester(session, { data: {'],
        ['Copy as fixture', 'await sessions.as({'],
      ] as const) {
        await page.getByRole('button', { name: button }).click();
        await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain(code);
      }
      // The app has two sessions.
      expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(
        /^\/\/ The session whose cookie is sid\.\n/,
      );
      await page.getByText('Copied.').waitFor();
      await studio.show('Requests');
      expect(await page.getByText('Copied.').count()).toBe(0);
      await studio.show('Sessions');
      await page.evaluate(() => {
        navigator.clipboard.writeText = () => Promise.reject(new Error('refused'));
      });
      await page.getByRole('button', { name: 'Copy as tester' }).click();
      await studio.session.getByRole('alert').getByText('The browser does not allow').waitFor();
      await page.getByRole('button', { name: 'Hide values' }).click();
      await studio.shown('n', '•••').waitFor();
      expect(await studio.session.locator('.writes').innerText()).toContain('•••');
      await page.reload();
      await studio.shown('n', '•••').waitFor();
      await page.getByRole('button', { name: 'Show values' }).click();
      await studio.shown('n', '1').waitFor();
    });
  });
}
