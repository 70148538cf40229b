import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test as base, type Page } from '@playwright/test';
import { Redis } from 'ioredis';
import nextAppSession from 'next-app-session';
import { RedisStore } from 'next-app-session/redis';
import { redisBackend, sessionFixtures } from 'next-app-session/testing/playwright';
import { RedisServer } from '../stores/servers/redis-server.js';
import { expect } from './fixtures.js';

type Sites = { readonly app: string; readonly shop: string; readonly forum: string };
const SECRET = 'the secret of an app in frames';

/** An app with a partitioned cookie, and two other sites that show it in a frame. */
const withSites = base.extend<object, { redis: RedisServer; sites: Sites }>({
  redis: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright wants the pattern
    async ({}, use) => {
      const server = await RedisServer.start();
      await use(server);
      await server.stop();
    },
    { scope: 'worker' },
  ],
  sites: [
    async ({ redis }, use) => {
      const client = new Redis(redis.url);
      const session = nextAppSession<{ user: string }>({
        secret: SECRET,
        store: new RedisStore({ client }),
        cookie: { secure: true, sameSite: 'none', partitioned: true },
      });
      const account = async (req: IncomingMessage, res: ServerResponse) => {
        if (req.url === '/sign-out') await session(req, res).destroy();
        return `<p>${(await session(req, res).get('user')) ?? 'nobody'} is signed in</p>`;
      };
      const server = createServer(async (req, res) => {
        const isFrame = req.url === '/frame';
        const body = isFrame ? `<iframe src="${sites.app}/account"></iframe>` : await account(req, res);
        res.setHeader('content-type', 'text/html').end(`<link rel="icon" href="data:,">${body}`);
      });
      await new Promise<void>((resolve) => server.listen(0, resolve));
      const { port } = server.address() as AddressInfo;
      const site = (host: string) => `http://${host}:${port}`;
      const sites = { app: site('app.localhost'), shop: site('localhost'), forum: site('forum.localhost') };
      await use(sites);
      server.closeAllConnections();
      server.close();
      client.disconnect();
    },
    { scope: 'worker' },
  ],
  baseURL: ({ sites }, use) => use(sites.app),
});

const test = withSites.extend(
  sessionFixtures<{ user: string }>({
    backend: { connect: () => Promise.reject(new Error('The backend is that of the worker.')) },
    secret: SECRET,
    cookie: { secure: true, sameSite: 'none', partitioned: true },
  }),
);
test.use({ sessionBackend: ({ redis }, use) => use(redisBackend(redis.url)) });

const inFrame = (page: Page) => page.frameLocator('iframe').getByText('is signed in');

test('the app itself: its sign-out finds the cookie that the test has set', async ({ sessions }) => {
  const { page, context } = await sessions.as({ user: 'Ada' });
  await page.goto('/account');
  await expect(page.getByText('Ada is signed in')).toBeVisible();
  await page.goto('/sign-out');
  await expect(page.getByText('nobody is signed in')).toBeVisible();
  expect(await context.cookies()).toEqual([]);
});

test('in a frame of another site, and in no other', async ({ sessions, sites }) => {
  const ada = await sessions.as({ user: 'Ada' }, { cookie: { partitionKey: sites.shop } });
  await ada.page.goto(`${sites.shop}/frame`);
  await expect(inFrame(ada.page)).toHaveText('Ada is signed in');
  await ada.page.goto(`${sites.forum}/frame`);
  await expect(inFrame(ada.page)).toHaveText('nobody is signed in');
  await expect(ada).toHaveSession({ user: 'Ada' });
  await sessions.revoke(ada);
  await ada.page.goto(`${sites.shop}/frame`);
  await expect(inFrame(ada.page)).toHaveText('nobody is signed in');
});
