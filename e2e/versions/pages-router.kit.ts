import { expect, it } from 'vitest';
import type { NextApp } from './next-app.js';
import { Visitor } from './visitor.js';

/** The tests of the Pages Router that need pages of their own. */
export function pagesRouterTests(app: () => NextApp): void {
  it.each([
    '/cookies',
    '/api/cookies?way=setHeader',
    '/api/cookies?way=writeHead',
    '/api/cookies?way=redirect',
  ])('the session cookie stays beside one that is set later, in %s', async (path) => {
    const visitor = new Visitor(app());
    const { cookies } = await visitor.open(path);
    expect(cookies.map(({ name }) => name).toSorted()).toEqual(['sid', 'theme']);
    expect(await visitor.data()).toEqual({ n: 1 });
  });

  it.each(['/own', '/legacy'])(
    'getInitialProps of _app and _document read the session of %s',
    async (path) => {
      const { text } = await (await signedIn()).open(path);
      expect(text).toContain('app: ada');
      expect(text).toContain('document: ada');
    },
  );

  it.each(['/shared', '/shared/1'])(
    'a page with getStaticProps shows nobody’s data, whoever’s request generates it: %s',
    async (path) => {
      const ada = await signedIn();
      const start = Date.now();
      const texts: string[] = [];
      const generatedAt = async () => {
        const { text } = await ada.open(path);
        texts.push(text);
        return Number(/generated: (\d+)/.exec(text)?.[1]);
      };
      // First where nothing is cached, or at the build. Then again, from the request of a visitor who comes a second later.
      const first = await generatedAt();
      await expect.poll(generatedAt, { interval: 300 }).toBeGreaterThan(Math.max(first, start));
      const stranger = await new Visitor(app()).open(path);
      for (const text of [...texts, stranger.text]) {
        expect(text).toContain('app: nobody');
        expect(text).toContain('document: nobody');
        expect(text).not.toContain('ada');
      }
      expect(stranger.text).toContain('document: nobody, ERR_SESSION_READ_ONLY');
      expect(app().log.split('A page with getStaticProps is shown to everybody')).toHaveLength(2);
    },
  );

  async function signedIn(): Promise<Visitor> {
    const visitor = new Visitor(app());
    await visitor.run([['signIn', 'ada']]);
    return visitor;
  }
}
