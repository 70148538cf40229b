import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NextApp } from './next-app.js';
import { Visitor } from './visitor.js';

const MESSAGE = /Session option secret: .* undefined or empty/;

/**
 * Tests that an app which was built without its secret does not run without it.
 *
 * @param path of a Route Handler that answers a POST with a write.
 */
export function describeWithoutSecret(app: NextApp, path: string): void {
  describe.each([
    ['no secret', {}],
    ['no secret, as if it still built', { NEXT_PHASE: 'phase-production-build' }],
  ])('a server with %s', (_, settings) => {
    beforeAll(() => app.startBroken({ SESSION_SECRET: '', ...settings }));
    afterAll(() => app.stop());

    it.each([
      ['a new visitor', []],
      ['a visitor with a cookie that is not signed', [['sid', 'planted-session-id-01']]],
    ] as const)('fails for %s, sets no cookie, and says why', async (_visitor, cookies) => {
      const { status, cookies: set } = await new Visitor(app, cookies).post(path, {});
      expect([status, set]).toEqual([500, []]);
      expect(app.log).toMatch(MESSAGE);
    });
  });
}
