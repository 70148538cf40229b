import { type ControlBackend, controlBackend } from 'next-app-session/testing/playwright';
import { freePort } from '../stores/servers/redis-server.js';
import { test as base, expect, signedIn } from './fixtures.js';
import { NextServer } from './next-server.js';

type App = { readonly next: NextServer; readonly backend: ControlBackend };

// The restart with sessions on a server: ./outages.spec.ts.
const test = base.extend<object, { app: App }>({
  app: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright wants the pattern
    async ({}, use) => {
      const backend = controlBackend({ port: await freePort() });
      const next = new NextServer(await freePort(), backend.env);
      await next.start();
      await use({ next, backend });
      await next.stop();
    },
    { scope: 'worker' },
  ],
  sessionBackend: ({ app }, use) => use(app.backend),
  baseURL: ({ app }, use) => use(app.next.url),
});

test('a restart ends the sessions in memory, and the fixtures say so', async ({
  sessions,
  app: { next },
}) => {
  const ada = await sessions.as(signedIn('Ada'));
  await ada.page.goto('/account');
  await expect(ada.page.getByText('Signed in as')).toBeVisible();
  await next.stop();
  await next.start();
  await ada.page.goto('/account');
  await expect(ada.page).toHaveURL('/sign-in?from=%2Faccount');
  const restarted = 'the app was restarted after this test began';
  await expect(sessions.read(ada)).rejects.toThrow(restarted);
  await expect(sessions.as(signedIn('Ada'))).rejects.toThrow(restarted);
});
