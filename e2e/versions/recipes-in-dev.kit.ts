import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchOptions } from '../example/browsers.js';
import type { NextApp } from './next-app.js';
import { signedIn } from './recipes.kit.js';
import { Visitor } from './visitor.js';

const SAVED = ['lib/session.ts', 'lib/shared.ts', 'lib/page-views.ts', 'lib/copies.ts'];

/** What docs/recipes.md and docs/protect.md say of `next dev`. Changes files of the app. */
export function recipeTestsInDev(app: NextApp): void {
  describe('in next dev', () => {
    beforeAll(() => app.start({}, 'dev'));
    afterAll(() => app.stop());

    it('sessions in memory, and what shared() keeps, survive a save of their modules', async () => {
      const visitor = new Visitor(app);
      const visit = async () => JSON.parse((await visitor.post('/api/legacy-visits', {})).text).visits;
      const count = async () => JSON.parse((await visitor.post('/api/copies', {})).text);
      expect([await visit(), await count()]).toEqual([1, { own: 1, shared: 1 }]);
      for (const file of SAVED) {
        const path = join(app.folder, file);
        writeFileSync(path, `${readFileSync(path, 'utf8')}\nexport const saved = true;\n`);
      }
      await expect.poll(async () => (await count()).own, { timeout: 120_000 }).toBe(1);
      expect((await count()).shared).toBeGreaterThan(2);
      expect(await visit()).toBe(2);
    });

    it('a link to a GET that signs out does nothing until it is clicked', async () => {
      const browser = await chromium.launch(launchOptions);
      const { page, isSignedIn } = await signedIn(browser, app);
      await page.goto('/wrong');
      // Long enough for the prefetch that `next start` makes.
      await page.waitForTimeout(5000);
      expect(await isSignedIn()).toBe(true);
      await page.getByRole('link').click();
      await expect.poll(isSignedIn, { timeout: 120_000 }).toBe(false);
      await browser.close();
    });
  });
}
