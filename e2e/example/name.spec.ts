import { expect, requireCookie, sessionCookie, sessionPanel, test } from './fixtures.js';

test('the page shows the name that the form saved, the first time and the next', async ({
  page,
  context,
  session,
}) => {
  await page.goto('/name');
  await expect(page.getByText('We have not met yet.')).toBeVisible();
  await page.getByLabel('Your name').fill('  Ada ');
  await page.getByRole('button', { name: 'Save name' }).click();
  await expect(page.getByText('Hello, Ada.')).toBeVisible();
  const first = await requireCookie(context);

  // This write sends no cookie, so nothing but the action itself makes the page render again.
  await page.getByLabel('Your name').fill('Grace');
  await page.getByRole('button', { name: 'Save name' }).click();
  await expect(page.getByText('Hello, Grace.')).toBeVisible();
  await expect(sessionPanel(page)).toContainText('"name": "Grace"');
  expect(await requireCookie(context)).toEqual(first);
  await expect(session).toHaveSession({ name: 'Grace' });

  await page.reload();
  await expect(page.getByText('Hello, Grace.')).toBeVisible();
});

test('a name that is not valid is refused with a reason, and creates no session', async ({
  page,
  context,
}) => {
  await page.goto('/name');
  await page.getByLabel('Your name').fill('   ');
  await page.getByRole('button', { name: 'Save name' }).click();
  await expect(page.getByRole('main').getByRole('alert')).toHaveText('Enter a name of 1 to 40 characters.');
  await expect(page.getByLabel('Your name')).toHaveAttribute('aria-invalid', 'true');
  expect(await sessionCookie(context)).toBeUndefined();
});

test('the server checks the length, whatever the form allows', async ({ page, context }) => {
  await page.goto('/name');
  await page.getByLabel('Your name').evaluate((input) => input.removeAttribute('maxlength'));
  await page.getByLabel('Your name').fill('x'.repeat(41));
  await page.getByRole('button', { name: 'Save name' }).click();
  await expect(page.getByRole('main').getByRole('alert')).toHaveText('Enter a name of 1 to 40 characters.');
  expect(await sessionCookie(context)).toBeUndefined();
});

test('a name is text, not markup', async ({ page }) => {
  await page.goto('/name');
  await page.getByLabel('Your name').fill('<b>Ada</b>');
  await page.getByRole('button', { name: 'Save name' }).click();
  await expect(page.getByText('Hello, <b>Ada</b>.')).toBeVisible();
});

test('forgetting the name removes it', async ({ page, session }) => {
  await session.write({ name: 'Ada' });
  await page.goto('/name');
  await page.getByRole('button', { name: 'Forget my name' }).click();
  await expect(page.getByText('We have not met yet.')).toBeVisible();
  await expect(sessionPanel(page)).not.toContainText('Ada');
  await expect(page.getByLabel('Your name')).toHaveValue('');
  await expect(page.getByRole('status')).toHaveText('');
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('the form works as well', async ({ page }) => {
    await page.goto('/name');
    await page.getByLabel('Your name').fill('Ada');
    await page.getByRole('button', { name: 'Save name' }).click();
    await expect(page.getByText('Hello, Ada.')).toBeVisible();
    await expect(page.getByRole('status')).toHaveText('Saved in your session.');
  });
});
