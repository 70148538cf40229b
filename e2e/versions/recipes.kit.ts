import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, type BrowserContext, chromium, type Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchOptions } from '../example/browsers.js';
import type { NextApp } from './next-app.js';
import { Visitor } from './visitor.js';

const ADA = { user: 'ada', password: 'open sesame' };

/** The recipes of docs/recipes.md and docs/protect.md, as visitors have them. `other` is the same app, not started yet. */
export function recipeTests(app: () => NextApp, other: NextApp): void {
  it('a protected page shows nothing to others, whatever they send', async () => {
    const visitor = new Visitor(app());
    const headers = { 'x-middleware-subrequest': Array(5).fill('proxy').join(':') };
    for (const init of [{}, { headers }]) {
      const page = await visitor.open('/orders', init);
      expect(page.status).toBe(307);
      expect(page.headers.get('location')).toContain('/sign-in?from=%2Forders');
      expect((await visitor.open('/api/orders', init)).status).toBe(401);
    }
    // Proxy lets this one through, and the page has its own check.
    const page = await visitor.open('/orders', { headers: { 'next-action': 'none' } });
    expect(page.status).toBe(200); // The shell has been sent before the check.
    expect(page.html).toContain('/sign-in?from=%2Forders');
    expect(page.html).not.toContain('A pen');
    await visitor.submit('/', ADA);
    expect((await visitor.open('/orders')).text).toContain('A pen for ada');
    expect((await visitor.open('/api/orders')).text).toBe('["A pen for ada"]');
  });

  it.each([
    ['/orders', '/orders'],
    ['//evil.example', '/'],
    ['/%5Cevil.example', '/'],
    ['https://evil.example', '/'],
  ])('sign-in from %s leads to %s', async (from, to) => {
    const { headers } = await new Visitor(app()).submit(`/sign-in?from=${from}`, ADA);
    expect(headers.get('location')).toBe(to);
  });

  it('the audit log has what happened to sessions, without their IDs and data', async () => {
    const before = app().log.length;
    const visitor = new Visitor(app());
    await visitor.submit('/', ADA);
    const id = visitor.cookies.get('sid') ?? '';
    await visitor.post('/sign-out', {});
    await new Visitor(app(), [['sid', `${id}x`]]).open('/api/user');
    const written = () => app().log.slice(before);
    await expect.poll(written).toContain('"type":"cookie_rejected"');
    const entries = written()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line));
    // Before them may be what earlier tests did.
    expect(entries.slice(-3)).toMatchObject([
      { type: 'created', sessionHash: expect.stringMatching(/^[0-9a-f]{16}$/) },
      { type: 'destroyed', reason: 'signed_out' },
      { type: 'cookie_rejected' },
    ]);
    // A hash may have these letters by chance.
    expect(written().replaceAll(/"sessionHash":"[0-9a-f]{16}"/g, '')).not.toContain('ada');
    expect(written()).not.toContain(decodeURIComponent(id).slice(2, 24));
  });

  it('what is kept by shared() is one for the process, and what a module has is not', async () => {
    const visitor = new Visitor(app());
    const inPage = /<pre>(.*?)<\/pre>/.exec((await visitor.open('/copies')).text)?.[1] ?? '';
    expect(JSON.parse(inPage)).toEqual({ own: 1, shared: 1 });
    expect(JSON.parse((await visitor.post('/api/copies', {})).text)).toEqual({ own: 1, shared: 2 });
  });

  it.each([
    { is: 'of the same name sign each other’s visitors out', settings: {}, visits: 1 },
    { is: 'with a name each do not', settings: { SESSION_NAME: 'other' }, visits: 2 },
  ])('two apps on two ports $is', async ({ settings, visits }) => {
    await other.start({ SESSION_SECRET: 'the secret of the other app', ...settings });
    const visitor = new Visitor(app());
    const visit = async ({ url }: NextApp) =>
      JSON.parse((await visitor.open('/api/legacy-visits', { method: 'POST' }, url)).text).visits;
    const counted = [await visit(app()), await visit(other), await visit(app())];
    await other.stop();
    expect(counted).toEqual([1, 1, visits]);
  });

  describe('in a browser', () => {
    let browser: Browser;
    let neighbour: Server;
    beforeAll(async () => {
      browser = await chromium.launch(launchOptions);
      neighbour = createServer((_request, response) => {
        response.setHeader('content-type', 'text/html');
        response.end('<title>Another site</title>');
      });
      await new Promise<void>((resolve) => neighbour.listen(0, resolve));
    });
    afterAll(async () => {
      await browser?.close();
      neighbour?.close();
    });

    it('a Client Component has the user, and React has nothing to complain about', async () => {
      const { page } = await signedIn(browser, app());
      const complaints: string[] = [];
      page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(error.message));
      const greetings = () => page.locator('p').allTextContents();
      for (const path of ['/shop', '/shop/leave']) {
        await page.goto(path);
        await expect.poll(greetings).toEqual(['Hello ada']);
      }
      // The layout is rendered again when an action signs out.
      await page.getByRole('button', { name: 'Leave' }).click();
      await expect.poll(greetings).toEqual(['Hello guest']);
      expect(complaints).toEqual([]);
    });

    it('a check in a layout is not made again for its next page', async () => {
      const { page, visitor, isSignedIn } = await signedIn(browser, app());
      await page.goto('/wrong/locked/one');
      await page.getByText('Secret one').waitFor();
      await visitor.post('/sign-out', {});
      expect(await isSignedIn()).toBe(false);
      await page.getByRole('link').click();
      await page.getByText('Secret two').waitFor();
      await page.reload();
      await page.waitForURL('**/sign-in?from=*');
    });

    it('a flash message is shown once', async () => {
      const { page, visitor } = await signedIn(browser, app());
      await page.goto('/settings');
      const reported = page.waitForResponse((response) => response.url().includes('/api/notices/'));
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('status').filter({ hasText: 'Saved' }).waitFor();
      await reported;
      expect(await page.getByRole('status').count()).toBe(1);
      await page.reload();
      expect(await page.getByRole('status').count()).toBe(0);

      // Fetched ahead by a link, the page has not been shown yet.
      await visitor.submit('/settings', {});
      await page.goto('/right', { waitUntil: 'networkidle' });
      await page.getByRole('link', { name: 'Settings' }).click();
      await page.getByRole('status').filter({ hasText: 'Saved' }).waitFor();
    });

    it('a link to a GET that signs out does so when it is seen', async () => {
      const { page, isSignedIn } = await signedIn(browser, app());
      await page.goto('/wrong');
      await expect.poll(isSignedIn).toBe(false);
    });

    it('a POST signs out when it is sent, and not before', async () => {
      const { page, isSignedIn } = await signedIn(browser, app());
      await page.goto('/right', { waitUntil: 'networkidle' });
      expect(await isSignedIn()).toBe(true);
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.waitForURL((url) => url.pathname === '/');
      await page.getByRole('button', { name: 'Sign in' }).waitFor();
      expect(await isSignedIn()).toBe(false);
    });

    describe('a page of another origin', () => {
      const send = async (page: Page, path: string) => {
        const response = page.waitForResponse((response) => response.url().endsWith(path));
        const url = app().url + path;
        await page.evaluate(
          (to) => fetch(to, { method: 'POST', mode: 'no-cors', credentials: 'include' }),
          url,
        );
        return (await response).status();
      };
      const visitsOf = async (context: BrowserContext) => {
        const page = await context.newPage();
        const answer = await page.request.post('/api/legacy-visits');
        return (await answer.json()).visits - 1;
      };
      const at = (host: string) => `http://${host}:${(neighbour.address() as AddressInfo).port}/`;

      it('on the same site comes with the session, which the check of docs/protect.md refuses', async () => {
        const { page, context } = await signedIn(browser, app());
        await page.goto(at('localhost'));
        expect(await send(page, '/api/legacy-visits')).toBe(200);
        expect(await visitsOf(context)).toBe(1);
        expect(await send(page, '/api/email')).toBe(403);
        expect(await send(page, '/sign-out')).toBe(403);
        const deletion = page.evaluate(
          (to) =>
            fetch(to, { method: 'DELETE', credentials: 'include' }).then(
              () => 'was sent',
              () => 'was refused by the browser',
            ),
          `${app().url}/api/notices/1`,
        );
        expect(await deletion).toBe('was refused by the browser');
        await page.goto('/shop');
        expect(await send(page, '/api/email')).toBe(204);
      });

      it('on another site comes without the session', async () => {
        const { page, context } = await signedIn(browser, app());
        await page.goto(at('127.0.0.1'));
        expect(await send(page, '/api/legacy-visits')).toBe(200);
        expect(await visitsOf(context)).toBe(0);
        expect(await send(page, '/api/email')).toBe(403);
      });

      it('calls no Server Action', async () => {
        const { page, context } = await signedIn(browser, app());
        await page.goto('/settings');
        const action = await page.locator('input[name^="$ACTION_ID_"]').getAttribute('name');
        await page.goto(at('localhost'));
        const answer = page.waitForResponse((response) => response.url().endsWith('/settings'));
        await page.evaluate(
          ({ to, name }) => {
            const form = Object.assign(document.createElement('form'), { action: to, method: 'post' });
            form.enctype = 'multipart/form-data';
            form.append(Object.assign(document.createElement('input'), { name }));
            document.body.append(form);
            form.submit();
          },
          { to: `${app().url}/settings`, name: action ?? '' },
        );
        expect((await answer).status()).toBe(500);
        expect(app().log).toContain('does not match `origin` header');
        const own = await context.newPage();
        await own.goto('/settings');
        expect(await own.getByRole('status').count()).toBe(0);
      });
    });
  });
}

/** Returns a page in a browser of somebody who has signed in. */
export async function signedIn(browser: Browser, app: NextApp) {
  const visitor = new Visitor(app);
  await visitor.submit('/', ADA);
  const context = await browser.newContext({ baseURL: app.url });
  const [[name, value] = ['', '']] = visitor.cookies;
  await context.addCookies([{ name, value, url: app.url }]);
  const isSignedIn = async () => (await visitor.open('/api/user')).text.includes('ada');
  return { context, page: await context.newPage(), visitor, isSignedIn };
}
