import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { Driver } from './driver.js';
import { Visitor } from './visitor.js';

/** Tests that the ways through the example work in a browser. */
export function testFlows(engine: string, start: () => Promise<Driver>): void {
  describe(`the example in ${engine}`, () => {
    let driver: Driver | undefined;
    let visitor: Visitor;

    beforeAll(async () => {
      driver = await start();
      visitor = new Visitor(driver, inject('exampleUrl'));
    });
    afterAll(() => driver?.stop());
    beforeEach(() => visitor.forgetEverything());

    /** Returns a new user's name: tests share the store. */
    async function signIn(): Promise<string> {
      const name = `Ada ${randomUUID().slice(0, 8)}`;
      await visitor.visit('/account');
      await visitor.isAt('/sign-in?from=%2Faccount');
      await visitor.fill('Name', name);
      await visitor.fill('Password', 'demo');
      await visitor.click('Sign in', 'main');
      await visitor.isAt('/account');
      await visitor.sees('Signed in as');
      await visitor.sees(name);
      return name;
    }

    it('counts all clicks of a new visitor, and keeps them', async () => {
      await visitor.visit('/counter');
      await visitor.click('Send 20 at once');
      await visitor.counts('Count', '20');
      await visitor.reload();
      await visitor.counts('Count', '20');
      expect(await visitor.cookies()).toMatchObject([{ name: 'sid', httpOnly: true }]);
      expect(await visitor.run('return document.cookie')).toBe('');
    });

    it('loses clicks the naive way', async () => {
      await visitor.visit('/counter');
      await visitor.click('Send 20 the naive way');
      await visitor.sees('of 20 clicks are lost');
    });

    it('saves a name, shows it at once, and forgets it', async () => {
      await visitor.visit('/name');
      await visitor.fill('Your name', ' ');
      await visitor.click('Save name');
      await visitor.sees('Enter a name of 1 to 40 characters.');
      await visitor.fill('Your name', 'Grace');
      await visitor.click('Save name');
      await visitor.sees('Hello, Grace.');
      await visitor.click('Forget my name');
      await visitor.sees('We have not met yet.');
    });

    it('signs in, shows the account, and signs out', async () => {
      await visitor.visit('/sign-in?from=/account');
      await visitor.fill('Name', 'Ada');
      await visitor.fill('Password', 'guess');
      await visitor.click('Sign in', 'main');
      await visitor.sees('Wrong password.');
      const name = await signIn();
      await visitor.sees('this browser');
      await visitor.click('Sign out here');
      await visitor.isAt('/sign-in');
      expect(await visitor.cookies()).toEqual([]);
      await visitor.visit('/account');
      await visitor.isAt('/sign-in?from=%2Faccount');
      await visitor.seesNothingOf(name);
    });

    it('signing out in one tab ends the session of the other', async () => {
      await signIn();
      const first = await visitor.tab();
      const second = await visitor.openTab();
      await visitor.visit('/account');
      await visitor.sees('Signed in as');
      await visitor.switchTo(first);
      await visitor.click('Sign out here');
      await visitor.isAt('/sign-in');
      await visitor.switchTo(second);
      await visitor.click('Overview', 'nav');
      await visitor.isAt('/');
      await visitor.click('Account', 'nav');
      await visitor.isAt('/sign-in?from=%2Faccount');
    });

    it('a link that is clicked while the page is refreshed leads where it should', async () => {
      for (let time = 1; time <= 3; time++) {
        await visitor.visit('/counter');
        // In one script, so that no time passes: router.refresh() is under way at the click.
        await visitor.run(`
          const button = [...document.querySelectorAll('button')].find((one) => one.textContent === 'Add one');
          const output = document.querySelector('output');
          new MutationObserver(() => {
            if (output.getAttribute('aria-busy') === 'false') document.querySelector('a.brand').click();
          }).observe(output, { attributes: true });
          button.click()`);
        await visitor.isAt('/');
        await visitor.sees('The browser keeps an ID.');
        await sleep(1500); // what leads back comes when the page is there
        await visitor.isAt('/');
      }
    });
  });
}
