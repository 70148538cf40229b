import { describe, expect, it } from 'vitest';
import type { Visitor } from '../versions/visitor.js';
import { calls, PLACES } from './outcomes.js';
import type { Site } from './site.js';

/** Adds the tests of each place where the session can be used. */
export function testPlaces(site: () => Site): void {
  describe('an expired token is renewed once, and stored', () => {
    it.each([...PLACES, '/guarded'])('in %s', async (path) => {
      const visitor = await site().signIn();
      const { token } = await site().ask(visitor, path);
      await expectStored(site(), visitor, token);
    });

    it('in generateMetadata', async () => {
      const visitor = await site().signIn();
      const { text } = await visitor.open('/metadata');
      const [, token] = /metadata: ([\w-]+)/.exec(text) ?? [];
      await expectStored(site(), visitor, token);
    });

    it('in a Server Action', async () => {
      const visitor = await site().signIn();
      expect((await visitor.submit('/form', {})).status).toBe(200);
      await expectStored(site(), visitor, await tokenIn(site(), visitor, 'acted'));
    });

    it('in after()', async () => {
      const visitor = await site().signIn();
      await visitor.post('/api/after', null);
      await expect.poll(() => site().data(visitor)).toHaveProperty('afterwards');
      await expectStored(site(), visitor, await tokenIn(site(), visitor, 'afterwards'));
    });
  });

  it('nobody without a session is asked for, in any place', async () => {
    const visitor = await site().signIn();
    visitor.cookies.clear();
    for (const path of [...PLACES, '/guarded']) {
      expect(await site().ask(visitor, path)).toMatchObject({ token: null });
    }
    expect(calls(site())).toEqual({});
  });
}

async function expectStored(site: Site, visitor: Visitor, token: string | null | undefined): Promise<void> {
  expect(token).toEqual(expect.any(String));
  expect(await site.token(visitor)).toBe(token);
  expect(calls(site)).toEqual({ asked: 1, granted: 1 });
}

async function tokenIn(site: Site, visitor: Visitor, key: string): Promise<string> {
  const { [key]: outcome } = await site.data(visitor);
  return (outcome as { token: string }).token;
}
