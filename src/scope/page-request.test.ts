import { describe, expect, it, vi } from 'vitest';
import { nextAppSession } from '../next-app-session.js';
import { Browser } from '../test-kits/browser.js';
import { isSharedPage } from './page-request.js';

const META = Symbol.for('NextInternalRequestMeta');

/** As `next build` writes it. The second one is of a site in two languages. */
const ONE_LANGUAGE = {
  routes: {
    '/': { srcRoute: null },
    '/docs/own': { srcRoute: null },
    '/404': { srcRoute: null },
    '/posts/1': { srcRoute: '/posts/[id]' },
    '/about': { srcRoute: '/about' },
  },
  dynamicRoutes: { '/posts/[id]': { fallback: null } },
  notFoundRoutes: ['/not-yet'],
};
const LANGUAGES = {
  routes: {
    '/en': { srcRoute: null },
    '/en/shared': { srcRoute: null },
    '/en/500': { srcRoute: null },
    '/en/posts/1': { srcRoute: '/posts/[id]' },
  },
  dynamicRoutes: { '/posts/[id]': { fallback: null } },
  notFoundRoutes: ['/de/not-yet'],
};

function rendering(page: string, prerenderManifest: object, i18n?: object): object {
  const definition = { kind: 'PAGES', page, ...(i18n && { i18n }) };
  return { [META]: { match: { definition }, incrementalCache: { prerenderManifest } } };
}

describe('isSharedPage', () => {
  it.each(['/', '/docs/own', '/404', '/posts/[id]', '/not-yet'])('%s is', (page) => {
    expect(isSharedPage(rendering(page, ONE_LANGUAGE))).toBe(true);
  });

  it.each(['/own', '/_error', '/500', '/posts/1/edit', '/api/posts'])('%s is not', (page) => {
    expect(isSharedPage(rendering(page, ONE_LANGUAGE))).toBe(false);
  });

  it.each(['/', '/shared', '/posts/[id]', '/not-yet'])('%s is, in any language', (page) => {
    expect(isSharedPage(rendering(page, LANGUAGES, {}))).toBe(true);
  });

  it('an error page is, in any language, though Next does not say that there are several', () => {
    expect(isSharedPage(rendering('/500', LANGUAGES))).toBe(true);
    expect(isSharedPage(rendering('/404', LANGUAGES))).toBe(false);
  });

  it.each(['/own', '/posts/1'])('%s is not, in any language', (page) => {
    expect(isSharedPage(rendering(page, LANGUAGES, {}))).toBe(false);
  });

  it('knows the names of Next 13', () => {
    const { [META]: meta } = rendering('/', ONE_LANGUAGE) as Record<symbol, Record<string, unknown>>;
    const renamed = { _nextMatch: meta?.match, _nextIncrementalCache: meta?.incrementalCache };
    expect(isSharedPage({ [META]: renamed })).toBe(true);
  });

  it.each([
    ['a request of Express', {}],
    ['next dev, which keeps no page', rendering('/', { routes: {}, dynamicRoutes: {} })],
    ['a request before Next has matched it', { [META]: {} }],
    ['a manifest of another shape', rendering('/', {})],
  ])('%s is none', (_, request) => {
    expect(isSharedPage(request)).toBe(false);
  });
});

describe('getInitialProps of a page that everybody is shown', () => {
  it('finds no session and writes none, even if the request had one before', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const session = nextAppSession({ secret: 'a secret' });
    const browser = new Browser(session);
    await browser.visit((own) => own().set('user', 'ada'));
    const { request, response } = browser.open();
    const handle = session(request, response);
    expect(await handle.get('user')).toBe('ada');
    Object.assign(request, rendering('/', ONE_LANGUAGE));
    expect(await handle.all()).toEqual({});
    expect(await session(request).get('user')).toBeNull();
    for (const write of [
      handle.set('n', 1),
      handle.regenerate(),
      handle.destroy(),
      session(request).set('n', 1),
    ]) {
      await expect(write).rejects.toMatchObject({
        code: 'ERR_SESSION_READ_ONLY',
        message: expect.stringContaining('getServerSideProps'),
      });
    }
    expect(response.getHeader('Set-Cookie')).toBeUndefined();
    expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('is shown to everybody'));
    Reflect.deleteProperty(request, META);
    expect(await handle.get('user')).toBe('ada');
  });
});
