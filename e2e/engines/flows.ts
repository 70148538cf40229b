import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { Driver } from './driver.js';
import { Person } from './person.js';

/** Tests that the ways through the example work in a browser. */
export function testFlows(engine: string, start: () => Promise<Driver>): void {
  describe(`the example in ${engine}`, () => {
    let driver: Driver | undefined;
    let person: Person;

    beforeAll(async () => {
      driver = await start();
      person = new Person(driver, inject('exampleUrl'));
    });
    afterAll(() => driver?.stop());
    beforeEach(() => person.forgetEverything());

    /** Returns a new user's name: tests share the store. */
    async function signIn(): Promise<string> {
      const name = `Ada ${randomUUID().slice(0, 8)}`;
      await person.visit('/account');
      await person.isAt('/sign-in?from=%2Faccount');
      await person.fill('Name', name);
      await person.fill('Password', 'demo');
      await person.click('Sign in', 'main');
      await person.isAt('/account');
      await person.sees('Signed in as');
      await person.sees(name);
      return name;
    }

    it('counts all clicks of a new person, and keeps them', async () => {
      await person.visit('/counter');
      await person.click('Send 20 at once');
      await person.counts('Count', '20');
      await person.reload();
      await person.counts('Count', '20');
      expect(await person.cookies()).toMatchObject([{ name: 'sid', httpOnly: true }]);
      expect(await person.run('return document.cookie')).toBe('');
    });

    it('loses clicks the naive way', async () => {
      await person.visit('/counter');
      await person.click('Send 20 the naive way');
      await person.sees('of 20 clicks are lost');
    });

    it('saves a name, shows it at once, and forgets it', async () => {
      await person.visit('/name');
      await person.fill('Your name', ' ');
      await person.click('Save name');
      await person.sees('Enter a name of 1 to 40 characters.');
      await person.fill('Your name', 'Grace');
      await person.click('Save name');
      await person.sees('Hello, Grace.');
      await person.click('Forget my name');
      await person.sees('We have not met yet.');
    });

    it('signs in, shows the account, and signs out', async () => {
      await person.visit('/sign-in?from=/account');
      await person.fill('Name', 'Ada');
      await person.fill('Password', 'guess');
      await person.click('Sign in', 'main');
      await person.sees('Wrong password.');
      const name = await signIn();
      await person.sees('this browser');
      await person.click('Sign out here');
      await person.isAt('/sign-in');
      expect(await person.cookies()).toEqual([]);
      await person.visit('/account');
      await person.isAt('/sign-in?from=%2Faccount');
      await person.seesNothingOf(name);
    });

    it('signing out in one tab ends the session of the other', async () => {
      await signIn();
      const first = await person.tab();
      const second = await person.openTab();
      await person.visit('/account');
      await person.sees('Signed in as');
      await person.switchTo(first);
      await person.click('Sign out here');
      await person.isAt('/sign-in');
      await person.switchTo(second);
      await person.click('Overview', 'nav');
      await person.isAt('/');
      await person.click('Account', 'nav');
      await person.isAt('/sign-in?from=%2Faccount');
    });

    it('a link that is clicked while the page is refreshed leads where it should', async () => {
      for (let time = 1; time <= 3; time++) {
        await person.visit('/counter');
        // In one script, so that no time passes: router.refresh() is under way at the click.
        await person.run(`
          const button = [...document.querySelectorAll('button')].find((one) => one.textContent === 'Add one');
          const output = document.querySelector('output');
          new MutationObserver(() => {
            if (output.getAttribute('aria-busy') === 'false') document.querySelector('a.brand').click();
          }).observe(output, { attributes: true });
          button.click()`);
        await person.isAt('/');
        await person.sees('The browser keeps an ID.');
        await sleep(1500); // what leads back comes when the page is there
        await person.isAt('/');
      }
    });
  });
}
