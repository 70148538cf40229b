import {
  expect,
  plant,
  requireCookie,
  sessionCookie,
  sessionPanel,
  signedIn,
  signIn,
  someoneSignedIn,
  submitSignIn,
  test,
} from './fixtures.js';

test('a protected page sends a visitor to sign in, and back afterwards', async ({ page }) => {
  await page.goto('/account');
  await expect(page).toHaveURL('/sign-in?from=%2Faccount');
  await submitSignIn(page, 'Ada');
  await expect(page).toHaveURL('/account');
  await expect(page.getByRole('definition').filter({ hasText: /^Ada$/ })).toBeVisible();
  await expect(sessionPanel(page)).toContainText('"user"');
});

test('signing in keeps the data and changes the ID, and the old cookie is never signed in', async ({
  page,
  context,
  browser,
  baseURL,
  session,
}) => {
  await session.write({ count: 1 });
  const before = await requireCookie(context);
  const id = await session.id();
  await signIn(page, 'Ada');
  expect(await session.id()).not.toBe(id);
  await expect(session).toHaveSession({ count: 1, user: someoneSignedIn });

  const replay = await browser.newContext();
  await plant(replay, before.value, baseURL);
  const count = async () => (await (await replay.request.get('/api/counter')).json()).count;
  // For a moment the old ID shows the session as it was before the sign-in.
  expect(await count()).toBe(1);
  expect((await replay.request.get('/account')).url()).toContain('/sign-in');
  await expect.poll(count, { timeout: 30_000 }).toBe(0);
  expect((await replay.request.get('/account')).url()).toContain('/sign-in');
  await replay.close();
});

test('a session that an attacker planted is not signed in with its victim', async ({
  page,
  context,
  baseURL,
  session,
  sessions,
}) => {
  const attacker = await sessions.as({ count: 1 });
  const planted = await sessions.id(attacker);
  await plant(context, (await requireCookie(attacker.context)).value, baseURL);
  await signIn(page, 'Victim');
  expect(await session.id()).not.toBe(planted);

  await attacker.page.goto('/account');
  await expect(attacker.page).toHaveURL('/sign-in?from=%2Faccount');
  await expect(attacker).not.toHaveSession();
});

test('a wrong password shows an error and signs nobody in', async ({ page, context }) => {
  await page.goto('/sign-in');
  await submitSignIn(page, 'Ada', 'nope');
  await expect(page.getByRole('main').getByRole('alert')).toHaveText(/^Wrong password\./);
  await expect(page.getByLabel('Password')).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Ada');
  expect(await sessionCookie(context)).toBeUndefined();
  await page.goto('/account');
  await expect(page).toHaveURL('/sign-in?from=%2Faccount');
});

test('signing out removes the cookie, and the old one is dead', async ({
  page,
  context,
  browser,
  baseURL,
  session,
}) => {
  await session.write(signedIn('Ada'));
  const before = await requireCookie(context);
  await page.goto('/account');
  await page.getByRole('button', { name: 'Sign out here' }).click();
  await expect(page).toHaveURL('/sign-in');
  expect(await sessionCookie(context)).toBeUndefined();

  await page.goto('/account');
  await expect(page).toHaveURL('/sign-in?from=%2Faccount');

  const replay = await browser.newContext();
  await plant(replay, before.value, baseURL);
  const replayPage = await replay.newPage();
  await replayPage.goto('/account');
  await expect(replayPage).toHaveURL('/sign-in?from=%2Faccount');
  await expect(sessionPanel(replayPage)).toContainText('No record.');
  await replay.close();
});

test('after signing out, going back shows no account', async ({ page, session }) => {
  await session.write(signedIn('Ada'));
  await page.goto('/account');
  await page.getByRole('button', { name: 'Sign out here' }).click();
  await expect(page).toHaveURL('/sign-in');
  await page.goBack();
  await expect(page).toHaveURL(/\/sign-in/);
  await expect(page.getByText('Signed in as')).toBeHidden();
});

test('signing out in one tab ends the session of the other', async ({ page, context, session }) => {
  await session.write(signedIn('Ada'));
  await page.goto('/account');
  const other = await context.newPage();
  await other.goto('/account');
  await expect(other.getByText('Signed in as')).toBeVisible();
  await page.getByRole('button', { name: 'Sign out here' }).click();
  await expect(page).toHaveURL('/sign-in');
  await other.getByRole('link', { name: 'Overview' }).click();
  await other.getByRole('navigation').getByRole('link', { name: 'Account' }).click();
  await expect(other).toHaveURL('/sign-in?from=%2Faccount');
});

test('a link to the account works right after signing in', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('navigation').getByRole('link', { name: 'Account' }).click();
  await expect(page).toHaveURL('/sign-in?from=%2Faccount');
  await submitSignIn(page, 'Ada');
  await expect(page).toHaveURL('/account');
  await page.getByRole('link', { name: 'Overview' }).click();
  await expect(page).toHaveURL('/');
  await page.getByRole('navigation').getByRole('link', { name: 'Account' }).click();
  await expect(page).toHaveURL('/account');
});
