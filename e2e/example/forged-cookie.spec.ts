import { sign } from 'cookie-signature';
import { expect, idIn, plant, requireCookie, sessionPanel, submitSignIn, test } from './fixtures.js';
import { SESSION_SECRET } from './next-server.js';

const forgedId = 'forged-forged-forged-1';
for (const [what, value] of [
  ['an unsigned ID', forgedId],
  ['a wrong signature', `s:${forgedId}.${'A'.repeat(43)}`],
  ['a signature by another secret', `s:${sign(forgedId, 'another secret')}`],
  ['a true signature of an ID that was never given', `s:${sign(forgedId, SESSION_SECRET)}`],
  ['garbage', '%E0%A4%A'],
] as const) {
  test(`a forged cookie is not adopted: ${what}`, async ({ page, context, baseURL }) => {
    await plant(context, value === '%E0%A4%A' ? value : encodeURIComponent(value), baseURL);
    await page.goto('/account');
    await expect(page).toHaveURL('/sign-in?from=%2Faccount');
    await expect(sessionPanel(page)).toContainText('No record.');
    await submitSignIn(page, 'Ada');
    await expect(page).toHaveURL('/account');
    expect(idIn(await requireCookie(context))).not.toBe(forgedId);
  });
}
