import { sessionTest } from 'next-app-session/testing/vitest';
import { test as base, describe, expect } from 'vitest';
import AccountPage from '@/app/account/page';
import RootLayout from '@/app/layout';
import { session } from '@/lib/session';
import LegacyPage, { getServerSideProps } from '@/pages/legacy';

const user = { name: 'Ada', signedInAt: 1_750_000_000_000, device: 'Chrome on Linux' };
const test = base.extend(sessionTest(session, { data: { user, legacyVisits: 2 } }));

describe('the account page in its layout', () => {
  const page = (
    <RootLayout>
      <AccountPage />
    </RootLayout>
  );

  test('is rendered with all that is async in it', async ({ t }) => {
    const { html } = await t.render(page, { url: '/account' });
    expect(html).toContain('<dt>Signed in as</dt><dd>Ada</dd>');
    // Of the navigation, which is a Client Component.
    expect(html).toContain('<a aria-current="page" href="/account">');
    expect(html).toContain('Chrome on Linux');
    expect(html).not.toContain(await t.id());
    expect(t).toHaveStoreCalls(['get hit', 'list ok']);
  });

  test('leads visitors to sign in once their session has ended', async ({ t }) => {
    await t.expire();
    const { html, redirect } = await t.render(page);
    expect({ html, redirect }).toEqual({
      html: undefined,
      redirect: { url: '/sign-in?from=/account', type: 'replace' },
    });
  });
});

describe('the page of the Pages Router', () => {
  test('counts its visits, and shows them', async ({ t }) => {
    const { props } = await t.serverSideProps(getServerSideProps);
    expect(props).toMatchObject({ visits: 3 });
    await expect(t).toHaveSessionValue('legacyVisits', 3);
    if (props) expect((await t.render(<LegacyPage {...props} />)).html).toMatch(/<output[^>]*>3<\/output>/);
  });

  describe('for a new visitor', () => {
    test.override({ testerOptions: {} });

    test('starts a session', async ({ t }) => {
      const outcome = await t.serverSideProps(getServerSideProps);
      expect(outcome.props?.visits).toBe(1);
      expect(outcome.response).toSetCookie('sid', { httpOnly: true });
    });
  });
});
