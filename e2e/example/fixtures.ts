import {
  type BrowserContext,
  test as base,
  expect as baseExpect,
  type Cookie,
  type Locator,
  mergeTests,
  type Page,
} from '@playwright/test';
import { controlBackend, sessionFixtures, sessionMatchers } from 'next-app-session/testing/playwright';
import { SESSION_SECRET } from './next-server.js';

/** What the example keeps in a session; read here as JSON, so that these tests do not depend on its types. */
type SessionData = {
  count: number;
  naiveCount: number;
  name: string;
  user: { name: string; signedInAt: number; device?: string };
  legacyVisits: number;
  oauth: { state: string };
  tokens: { accessToken: string; refreshToken: string; idToken: string; sub: string; sid: string };
};

export const expect = baseExpect.extend(sessionMatchers);

/** What the session of somebody holds who signed in by the page. */
export const someoneSignedIn = {
  name: 'Ada',
  signedInAt: baseExpect.any(Number),
  device: baseExpect.any(String),
};

/** Somebody who signed in a minute ago. */
export function signedIn(name: string): Pick<SessionData, 'user'> {
  return { user: { name, signedInAt: Date.now() - 60_000 } };
}

/** The configuration's projects choose the backend: this one, or that of a database, for which it is signed here. */
const withSessions = base.extend(
  sessionFixtures<SessionData>({
    backend: controlBackend(),
    name: 'sid',
    secret: SESSION_SECRET,
    cookie: { maxAge: 7 * 86_400 },
    absoluteTimeout: 30 * 86_400,
    user: ({ user, tokens }) => [user && `name:${user.name}`, tokens?.sid && `sid:${tokens.sid}`],
  }),
);

/** Fails a test in which the browser reported an error: a script's, React's own (hydration) or a failed request's. */
const withBrowserErrors = base.extend<{ browserErrors: string[] }>({
  browserErrors: [
    async ({ context }, use) => {
      const errors: string[] = [];
      context.on('console', (message) => {
        if (message.type() === 'error') errors.push(`${message.text()} ${message.location().url}`);
      });
      context.on('weberror', (error) => errors.push(error.error().message));
      await use(errors);
      expect(errors).toEqual([]);
    },
    { auto: true },
  ],
});

export const test = mergeTests(withSessions, withBrowserErrors);

export async function sessionCookie(context: BrowserContext): Promise<Cookie | undefined> {
  return (await context.cookies()).find(({ name }) => name === 'sid');
}

/** The cookie of a visitor who is known to have a session. */
export async function requireCookie(context: BrowserContext): Promise<Cookie> {
  const cookie = await sessionCookie(context);
  if (!cookie) throw new Error('This visitor should have a session cookie by now.');
  return cookie;
}

/** The session ID in a signed cookie: `s:<id>.<signature>`. */
export function idIn(cookie: Cookie): string {
  const [id = ''] = decodeURIComponent(cookie.value).slice('s:'.length).split('.');
  return id;
}

/** Gives a visitor the cookie of somebody else, or a made-up one. */
export async function plant(context: BrowserContext, value: string, baseURL: string | undefined) {
  await context.addCookies([{ name: 'sid', value, url: baseURL ?? '' }]);
}

export function sessionPanel(page: Page): Locator {
  return page.getByRole('complementary', { name: 'Your session' });
}

/** Clicks a button that only works once React runs: a click before that would be lost. */
export async function clickWhenReady(button: Locator) {
  await expect
    .poll(() =>
      button.evaluate((element) => Object.keys(element).some((key) => key.startsWith('__reactProps'))),
    )
    .toBe(true);
  await button.click();
}

/** Fills in and sends the sign-in form of the page that is open. */
export async function submitSignIn(page: Page, name: string, password = 'demo') {
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

export async function signIn(page: Page, name: string) {
  await page.goto('/sign-in');
  await submitSignIn(page, name);
  await expect(page).toHaveURL('/account');
  await expect(page.getByText('Signed in as')).toBeVisible();
}
