import type { BrowserContext } from '@playwright/test';
import nextAppSession, { MemoryStore } from 'next-app-session';
import { expect, test } from './fixtures.js';
import { serveShop } from './shop-server.js';

const secret = 'a secret of an app whose cookie gets another name';

/** The names of the browser's cookies, and whose domain they have. */
async function cookiesOf(context: BrowserContext, url: string): Promise<string[]> {
  return (await context.cookies(url)).map(({ name, domain }) => `${name} of ${domain}`).toSorted();
}

for (const { title, domain, left } of [
  { title: 'loses its cookie of the old name', domain: undefined, left: [] },
  {
    title: 'keeps a cookie of a domain that the options no longer name, and stays signed in',
    domain: 'shop.localhost',
    left: ['sid of .shop.localhost'],
  },
]) {
  test(`a browser that moves from sid to __Host-sid ${title}`, async ({ page, context }) => {
    const common = { secret, store: new MemoryStore() };
    const before = nextAppSession({ ...common, name: 'sid', cookie: { ...(domain && { domain }) } });
    const after = nextAppSession({ ...common, name: ['__Host-sid', 'sid'], cookie: { secure: true } });
    const later = nextAppSession({ ...common, name: '__Host-sid', cookie: { secure: true } });
    const { url, close } = await serveShop(async (req, res) => {
      const [, app, path] = (req.url ?? '').split('/');
      const session = app === 'before' ? before : app === 'after' ? after : later;
      if (path === 'in') await session(req, res).set('user', 'Ada');
      if (path === 'touch') await session(req, res).touch();
      if (path === 'out') await session(req, res).destroy();
      const user = await session(req, res).get('user');
      res
        .setHeader('content-type', 'text/html')
        .end(`<link rel="icon" href="data:,"><p>${user ?? 'nobody'}</p>`);
    });
    const user = async (path: string) => {
      await page.goto(url + path);
      return page.locator('p').textContent();
    };
    const host = new URL(url).hostname;
    expect(await user('/before/in')).toBe('Ada');
    // Nothing is set by a read.
    expect(await user('/after/page')).toBe('Ada');
    expect(await cookiesOf(context, url)).toEqual([`sid of ${domain ? `.${domain}` : host}`]);
    // The requests of one page, side by side.
    const answers = await page.evaluate(() =>
      Promise.all(['touch', 'page', 'touch'].map(async (path) => (await fetch(`/after/${path}`)).text())),
    );
    for (const answer of answers) expect(answer).toContain('<p>Ada</p>');
    expect(await cookiesOf(context, url)).toEqual([`__Host-sid of ${host}`, ...left]);
    expect(await user('/after/page')).toBe('Ada');
    expect(await user('/later/page')).toBe('Ada');
    expect(await user('/after/out')).toBe('nobody');
    expect(await user('/after/page')).toBe('nobody');
    expect(await cookiesOf(context, url)).toEqual(left);
    await close();
  });
}
