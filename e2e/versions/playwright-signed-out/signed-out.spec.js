import { test as base, expect } from '@playwright/test';
import { controlBackend, redisBackend, sessionFixtures } from 'next-app-session/testing/playwright';

// Each of these tests has to fail. Its name says what the error has to tell.
const { REDIS_URL, SESSION_SECRET, MEMORY_APP } = process.env;
const app = { name: 'sid', secret: SESSION_SECRET, backend: redisBackend(REDIS_URL) };

async function read(ada) {
  await ada.page.goto('/account');
  await expect(ada.page.getByText('Signed in as Ada')).toBeVisible();
}

/** Lets the app write, and so begin a session for whoever has none. */
async function write(ada) {
  await ada.page.goto('/begin');
  await expect(ada.page.getByText('Signed in as Ada')).toBeVisible();
}

const causes = {
  'another secret': { ...app, secret: 'the secret of other tests' },
  'another database': { ...app, backend: redisBackend(`${REDIS_URL}/1`) },
  'another name': { ...app, name: 'other' },
};

for (const [cause, options] of Object.entries(causes)) {
  base.extend(sessionFixtures(options))(cause, async ({ sessions }) =>
    write(await sessions.as({ user: 'Ada' })),
  );
}

base.extend(sessionFixtures(causes['another secret']))('nothing but reads', async ({ session, page }) => {
  await session.write({ user: 'Ada' });
  await read({ page });
});

const test = base.extend(sessionFixtures(app));

test('an app in memory', async ({ sessions }) => {
  await write(await sessions.as({ user: 'Ada' }, { context: { baseURL: MEMORY_APP } }));
});

test('another host', async ({ sessions, baseURL }) => {
  const { page } = await sessions.as({ user: 'Ada' });
  await page.goto(`${baseURL.replace('localhost', '127.0.0.1')}/account`);
  await expect(page.getByText('Signed in as Ada')).toBeVisible();
});

test('nothing wrong with the session', async ({ sessions }) => {
  const { page } = await sessions.as({ user: 'Ada' });
  await page.goto('/account');
  await expect(page.getByText('Signed in as Grace')).toBeVisible();
});

const inApp = base.extend(sessionFixtures({ backend: controlBackend() }));

inApp('controlBackend: another app', async ({ sessions }) => read(await sessions.as({ user: 'Ada' })));

base.extend(sessionFixtures({ name: 'sid', secret: SESSION_SECRET }))('no backend', async ({ sessions }) => {
  await sessions.as({ user: 'Ada' });
});
