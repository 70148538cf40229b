import { expect, signedIn, test } from './fixtures.js';

test('a failing store, a race and a clock, at work, and the visitor’s session is left alone', async ({
  page,
  session,
}) => {
  await session.write({ ...signedIn('Grace'), count: 7 });
  const before = await session.read();
  await page.goto('/testing');
  for (const [name, lines] of Object.entries({
    'the failing store': [
      /"ERR_SESSION_STORE".*get hit.*set error/,
      /{"count":1}/,
      /{"count":2}.*get hit.*set ok/,
    ],
    'the race': [/"count":3.*set conflict/, /"count":3,"naiveCount":1/],
    'the clock': [/"\/account"/, /"\/account"/, /sign-in/],
  })) {
    await page.getByRole('button', { name: `Run ${name}` }).click();
    const shown = page.getByRole('list', { name: `What ${name} showed` }).getByRole('listitem');
    await expect(shown).toHaveText(lines);
  }
  await expect(session).toHaveSession(before ?? undefined);
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('it works as well', async ({ page }) => {
    await page.goto('/testing');
    await page.getByRole('button', { name: 'Run the clock' }).click();
    const shown = page.getByRole('list', { name: 'What the clock showed' }).getByRole('listitem');
    await expect(shown).toHaveText([/"\/account"/, /"\/account"/, /sign-in/]);
  });
});
