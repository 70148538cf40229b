import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { type APIRequestContext, type Browser, chromium, type Page } from '@playwright/test';
import { Redis } from 'ioredis';
import nextAppSession from 'next-app-session';
import { RedisStore } from 'next-app-session/redis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchOptions } from '../example/browsers.js';
import { SECRET } from './cookies.kit.js';
import type { NextApp } from './next-app.js';
import { StudioClient, type StudioSession } from './studio-client.js';

/** More would be a burden for readers. */
const MAX_PICTURE_BYTES = 250_000;
const CART = { items: [{ sku: 'tea', count: 2 }] };

/** The pictures of docs/studio.md. `UPDATE_SCREENSHOT=1` renews them, with the texts beside these tests. */
export function studioPictureTests(app: () => NextApp, redisUrl: () => string): void {
  describe('its pictures', () => {
    let browser: Browser;
    let page: Page;
    let visitor: APIRequestContext;
    let studio: StudioClient;

    beforeAll(async () => {
      browser = await chromium.launch(launchOptions);
      const viewport = { width: 1180, height: 600 };
      page = await browser.newPage({ viewport, deviceScaleFactor: 1.5, colorScheme: 'light' });
      visitor = page.context().request;
      studio = new StudioClient(app().log);
      // Next compiles each path at its first request.
      for (const path of ['/', '/api/calls', '/api/memory', '/nowhere']) await visitor.get(app().url + path);
      await studio.call('requests/clear');
      await page.goto(studio.link);
      await page.getByText('Live').waitFor();
    });
    afterAll(() => browser?.close());

    it('show requests, and one that had to write again', async () => {
      const [home, calls, memory] = [`${app().url}/`, `${app().url}/api/calls`, `${app().url}/api/memory`];
      const other = (await browser.newContext()).request;
      for (const one of [visitor, other]) await one.post(calls);
      await visitor.get(home);
      await visitor.post(memory);
      await other.get(home);
      await other.post(calls);
      await visitor.get(memory);
      await studio.call('faults/add', { operation: 'get', effect: 'fail', times: 1 });
      expect((await visitor.get(memory)).status()).toBe(500);
      expect((await other.get(`${app().url}/nowhere`)).status()).toBe(404);
      await other.get(calls);
      await studio.call('faults/add', { operation: 'set', effect: 'delay', ms: 1000, times: 1 });
      const slow = visitor.post(calls);
      // It has read the session by then, and waits to write.
      await page.getByRole('row', { name: /get hit set …/ }).waitFor();
      await writeFromHere();
      await slow;
      await page
        .getByRole('row', { name: /set conflict/ })
        .getByRole('button')
        .click();
      await page.getByRole('row', { name: /retry 1/ }).waitFor();
      await expectPictured(page, 'requests');
    });

    it('show a session that is edited', async () => {
      for (const device of ['Safari on iPhone', 'Chrome on Android']) {
        await (await browser.newContext()).request.post(`${app().url}/api/memory`);
        await save(await lastOf('/api/memory'), { user: 'ada', device });
      }
      await visitor.post(`${app().url}/api/memory`);
      await save(await lastOf('/api/memory'), { user: 'ada', device: 'Firefox on Linux', cart: CART });
      await page.setViewportSize({ width: 1180, height: 760 });
      await page.getByRole('navigation').getByRole('button', { name: 'Sessions' }).click();
      await page.getByRole('searchbox').fill('ada');
      await page
        .getByRole('row', { name: /Firefox/ })
        .getByRole('button')
        .click();
      await page.getByRole('button', { name: 'Edit cart.items.0.count: 2' }).click();
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.type('3');
      await page.keyboard.press('Enter');
      await page.getByText('Changed here, and not saved:').waitFor();
      await expectPictured(page, 'session');
    });

    /** Writes the visitor's session from another process than that of the app: this one. */
    async function writeFromHere(): Promise<void> {
      const client = new Redis(redisUrl());
      const session = nextAppSession<{ n: number }>({ secret: SECRET, store: new RedisStore({ client }) });
      const sid = (await page.context().cookies(app().url)).find(({ name }) => name === 'sid');
      const request = { headers: { cookie: `sid=${sid?.value}` }, cookies: {} };
      await session(request, new ServerResponse(new IncomingMessage(new Socket()))).set('n', 10);
      client.disconnect();
    }

    async function save(handle: string, data: object): Promise<void> {
      const { content } = await studio.call<StudioSession>('session', { handle });
      await studio.call('session/save', { handle, version: content.version, data });
    }

    /** Returns the session of the last request of a path that had one. */
    async function lastOf(path: string): Promise<string> {
      const requests = await studio.requests();
      return requests.findLast((one) => one.path === path && one.sessions.length > 0)?.sessions[0] ?? '';
    }
  });
}

/** Expects that the page shows what its picture in the docs does, but for what no two runs have in common. */
async function expectPictured(page: Page, view: string): Promise<void> {
  const [file, told] = [`docs/studio-${view}.png`, `e2e/versions/studio-picture-${view}.txt`];
  // Where the pointer is, a button is drawn otherwise.
  await page.mouse.move(0, 0);
  const picture = await page.screenshot({ path: `.tmp/studio-${view}.png` });
  expect(picture.length).toBeLessThan(MAX_PICTURE_BYTES);
  if (process.env.UPDATE_SCREENSHOT) {
    await writeFile(file, picture);
    await writeFile(told, await pictured(page, picture));
  }
  expect(await readFile(told, 'utf8'), `${file} is out of date`).toBe(
    await pictured(page, await readFile(file)),
  );
}

/** Returns which picture it is, and what can be read in it but for handles and numbers. */
async function pictured(page: Page, picture: Buffer): Promise<string> {
  const shown = page.locator(':is(h1, h2, h3, th, td, li, dt, dd, button, p):visible');
  const tags = (await page.locator('.session-tag').allInnerTexts()).map((text) => text.trim().slice(-6));
  const texts = (await shown.allInnerTexts()).map((text) =>
    tags
      .reduce((known, tag) => known.replaceAll(tag, '…'), text)
      .trim()
      .replaceAll(/\s+/g, ' ')
      .replaceAll(/\d[\d.,:/]*( ?(ms|s|B|kB|min|h|d|AM|PM)\b)?/g, '#')
      .replaceAll(/#(, #)+/g, '#'),
  );
  return [createHash('sha256').update(picture).digest('hex'), ...texts, ''].join('\n');
}
