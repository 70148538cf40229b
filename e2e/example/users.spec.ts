import { readFile } from 'node:fs/promises';
import {
  expect,
  idIn,
  requireCookie,
  sessionPanel,
  signedIn,
  signIn,
  someoneSignedIn,
  test,
} from './fixtures.js';

test('a user starts signed in, with data, on their own page', async ({ sessions, page }) => {
  const ada = await sessions.as({ ...signedIn('Ada'), count: 7 });
  await ada.page.goto('/account');
  await expect(ada.page.getByRole('definition').filter({ hasText: /^Ada$/ })).toBeVisible();
  await expect(sessionPanel(ada.page)).toContainText('"count": 7');
  await page.goto('/account');
  await expect(page).toHaveURL('/sign-in?from=%2Faccount');
});

test('the cookie is the one that the app itself would have set', async ({ sessions, page, context }) => {
  const seeded = await requireCookie((await sessions.as(signedIn('Ada'))).context);
  await signIn(page, 'Grace');
  const own = await requireCookie(context);
  const { value: a, expires: seededUntil, ...attributes } = seeded;
  const { value: b, expires: ownUntil, ...expected } = own;
  expect(attributes).toEqual(expected);
  expect(a).not.toBe(b);
  expect(Math.abs(seededUntil - ownUntil)).toBeLessThan(60);
});

test('attributes of the cookie can be chosen', async ({ sessions }) => {
  const expires = Math.floor(Date.now() / 1000) + 60;
  const ada = await sessions.as(signedIn('Ada'), { cookie: { expires, sameSite: 'Strict' } });
  expect(await requireCookie(ada.context)).toMatchObject({ expires, sameSite: 'Strict', httpOnly: true });
});

test('a cookie with its own path is found, one of another site is not', async ({
  sessions,
  session,
  context,
}) => {
  const ada = await sessions.as({ name: 'Ada' }, { cookie: { path: '/name' } });
  await ada.page.goto('/name');
  await expect(ada.page.getByText('Hello, Ada.')).toBeVisible();
  await expect(ada).toHaveSession({ name: 'Ada' });
  const { value } = await requireCookie(ada.context);
  await context.addCookies([{ name: 'sid', value, domain: 'elsewhere.test', path: '/' }]);
  await expect(session).not.toHaveSession();
});

test('options of the browser context are its own', async ({ sessions }) => {
  const ada = await sessions.as(signedIn('Ada'), { context: { viewport: { width: 360, height: 740 } } });
  expect(ada.page.viewportSize()).toEqual({ width: 360, height: 740 });
});

test('two users at once stay apart', async ({ sessions }) => {
  const [ada, grace] = await Promise.all([
    sessions.as({ ...signedIn('Ada'), count: 1 }),
    sessions.as({ ...signedIn('Grace'), count: 10 }),
  ]);
  await Promise.all([ada, grace, ada].map(({ context }) => context.request.post('/api/counter')));
  await expect(ada).toHaveSession(expect.objectContaining({ count: 3 }));
  await expect(grace).toHaveSession(expect.objectContaining({ count: 11 }));
  expect(await sessions.id(ada)).not.toBe(await sessions.id(grace));
});

test('the session of the default page is followed through sign-in and sign-out', async ({
  page,
  session,
  sessions,
}) => {
  expect(await session.read()).toBeNull();
  expect(await session.id()).toBeNull();
  await signIn(page, 'Ada');
  await expect(session).toHaveSession({ user: someoneSignedIn });
  expect(await sessions.read(session)).toEqual(await session.read());
  await page.getByRole('button', { name: 'Sign out here' }).click();
  await expect(session).not.toHaveSession();
});

test('write gives the default page a session, and changes one that is there under its ID', async ({
  page,
  context,
  session,
}) => {
  await session.write({ name: 'Ada' });
  await page.goto('/name');
  await expect(page.getByText('Hello, Ada.')).toBeVisible();
  const cookie = await requireCookie(context);
  expect(await session.id()).toBe(idIn(cookie));
  await session.write({ name: 'Grace' });
  await page.reload();
  await expect(page.getByText('Hello, Grace.')).toBeVisible();
  expect((await requireCookie(context)).value).toBe(cookie.value);
  await expect(session.write({ name: (() => 1) as never })).rejects.toMatchObject({
    code: 'ERR_SESSION_DATA',
  });
  await expect(session).toHaveSession({ name: 'Grace' });
});

test('a session that timed out from disuse is empty, and a write starts another', async ({ sessions }) => {
  const ada = await sessions.as({ ...signedIn('Ada'), count: 4 });
  const id = await sessions.id(ada);
  await sessions.expire(ada);
  expect(await sessions.read(ada)).toBeNull();
  await ada.page.goto('/account');
  await expect(ada.page).toHaveURL('/sign-in?from=%2Faccount');
  await expect(sessionPanel(ada.page)).toContainText('No record.');
  await ada.context.request.post('/api/counter');
  await expect(ada).toHaveSession({ count: 1 });
  expect(await sessions.id(ada)).not.toBe(id);
});

test('a session older than the absolute timeout is over, however often it is used', async ({ sessions }) => {
  const day = 86_400_000;
  const fresh = await sessions.as(signedIn('Ada'), { createdAt: Date.now() - 29 * day });
  await fresh.page.goto('/account');
  await expect(fresh.page).toHaveURL('/account');
  // The browser keeps the cookie no longer than the server keeps the session.
  const { expires } = await requireCookie(fresh.context);
  expect(expires).toBeLessThanOrEqual((Date.now() + day) / 1000);

  const old = await sessions.as(signedIn('Ada'), {
    createdAt: Date.now() - 31 * day,
    cookie: { expires: -1 },
  });
  await old.page.goto('/account');
  await expect(old.page).toHaveURL('/sign-in?from=%2Faccount');
});

test('a session that was revoked elsewhere is over at the next click', async ({ sessions }) => {
  const ada = await sessions.as(signedIn('Ada'));
  await ada.page.goto('/account');
  await sessions.revoke(ada);
  await ada.page.reload();
  await expect(ada.page).toHaveURL('/sign-in?from=%2Faccount');
  await expect(ada).not.toHaveSession();
});

test('a storage state signs in browsers of later tests, and its session outlives this one', async ({
  sessions,
  browser,
}, testInfo) => {
  const path = testInfo.outputPath('ada.json');
  const ada = await sessions.as(signedIn('Ada'));
  const state = await sessions.storageState(ada, { path });
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(state);
  const later = await browser.newContext({ storageState: path });
  const page = await later.newPage();
  await page.goto('/account');
  await expect(page).toHaveURL('/account');
  await sessions.revoke(ada);
  await later.close();
});

test.describe('with a storage state', () => {
  test.describe.configure({ mode: 'serial' });
  /** Each project has its own server. */
  const pathFor = (baseURL = '') => `.tmp/storage-state-${new URL(baseURL).port}.json`;

  test('one test saves it', async ({ sessions, baseURL }) => {
    const ada = await sessions.as({ ...signedIn('Ada'), count: 1 });
    await sessions.storageState(ada, { path: pathFor(baseURL) });
  });

  test.describe('others', () => {
    test.use({ storageState: ({ baseURL }, use) => use(pathFor(baseURL)) });

    test('begin with it, and write to it', async ({ page, context, session }) => {
      await page.goto('/account');
      await expect(page).toHaveURL('/account');
      await context.request.post('/api/counter');
      await expect(session).toHaveSession(expect.objectContaining({ count: 2 }));
    });

    test('find what the one before left, and have other users beside it', async ({ sessions, session }) => {
      const grace = await sessions.as(signedIn('Grace'));
      await expect(grace).toHaveSession({ user: expect.objectContaining({ name: 'Grace' }) });
      await expect(session).toHaveSession(expect.objectContaining({ count: 2 }));
      await session.revoke();
    });
  });
});

test('a user whose browser the test closes by itself is cleared away all the same', async ({ sessions }) => {
  const ada = await sessions.as(signedIn('Ada'));
  await ada.context.close();
});

test('matchers wait, and say what they saw', async ({ session, sessions, context }) => {
  await session.write({ count: 1 });
  const later = new Promise((resolve) => setTimeout(resolve, 300)).then(() =>
    context.request.post('/api/counter'),
  );
  await expect(session).toHaveSession({ count: 2 });
  await later;
  const message = async (check: Promise<void>) => {
    const error = await check.then(
      () => undefined,
      (thrown: Error) => thrown,
    );
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the colours of a terminal
    return error?.message.replace(/\x1b\[\d+m/g, '');
  };
  const soon = { timeout: 50 };
  expect(await message(expect(session).toHaveSession({ count: 3 }, soon))).toMatch(/-.*3,\n\+.*2,/);
  expect(await message(expect(session).not.toHaveSession({ count: 2 }, soon))).toContain('Expected: not');
  await sessions.revoke(session);
  expect(await message(expect(session).toHaveSession(undefined, soon))).toContain(
    'Received: no live session',
  );
  expect(await message(expect(context as unknown as typeof session).toHaveSession())).toContain(
    'a user of sessions.as(…)',
  );
});
