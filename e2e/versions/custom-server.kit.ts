import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NextApp } from './next-app.js';
import type { Variant } from './variants.js';
import { Visitor } from './visitor.js';

/** Tests custom servers that import the session module before they prepare Next. The app must be built. */
export function describeCustomServers(variant: Variant): void {
  describe.each(['express.mjs', 'node-http.cjs'])('a custom server (%s)', (file) => {
    const app = new NextApp(variant);
    beforeAll(() => app.startServer(file));
    afterAll(() => app.stop());

    it('shares its sessions with the pages of Next', async () => {
      const visitor = new Visitor(app);
      const outside = await visitor.post('/outside', {});
      expect(outside.cookies.map(({ name }) => name)).toEqual(['sid']);
      expect((await visitor.open('/')).text).toContain('<pre>{"n":1}</pre>');
      await visitor.run([['increment'], ['signIn', 'ada']]);
      expect((await visitor.post('/outside', {})).text).toBe('{"n":3,"user":"ada"}');
    });

    it('is no reason for Next to fail', () => {
      expect(app.log).not.toMatch(/Invariant|AsyncLocalStorage|unhandled/i);
    });
  });
}
