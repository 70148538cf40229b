import { freePort } from '../stores/servers/redis-server.js';
import { expect, test } from './fixtures.js';
import { issuerFor, signInAtProvider } from './identity-provider.js';
import { StartedExample } from './started-example.js';

const answers = (url: string) =>
  fetch(url).then(
    () => true,
    () => false,
  );

test('npm start brings an identity provider along, and both end together', async ({ page }) => {
  const example = new StartedExample(await freePort(), {});
  let issuer = '';
  const code = await example.during('SIGTERM', async () => {
    await page.goto(`${example.site}/sign-in`);
    await page.getByRole('link', { name: 'Sign in with the identity provider' }).click();
    issuer = new URL(page.url()).origin;
    await signInAtProvider(page, 'Ada');
    await expect(page).toHaveURL(`${example.site}/account`);
    expect(example.output).toContain(`Identity provider: ${issuer}`);
    expect(await answers(issuer)).toBe(true);
    // Away from the page, which prefetches links.
    await page.goto('about:blank');
  });
  expect(code).toBe(143);
  expect(await answers(issuer)).toBe(false);
  expect(await answers(example.site)).toBe(false);
});

test('with OAUTH_ISSUER, npm start leads to that provider and starts none', async ({ baseURL, request }) => {
  const issuer = issuerFor(baseURL ?? '');
  const example = new StartedExample(await freePort(), { OAUTH_ISSUER: issuer });
  const code = await example.during('SIGINT', async () => {
    const sent = await request.get(`${example.site}/sign-in/oauth`, { maxRedirects: 0 });
    expect(new URL(sent.headers().location ?? '').origin).toBe(issuer);
    expect(example.output).not.toContain('Identity provider');
  });
  expect(code).toBe(130);
  expect(await answers(example.site)).toBe(false);
});
