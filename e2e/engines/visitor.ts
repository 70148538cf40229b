import { expect } from 'vitest';
import type { Driver } from './driver.js';

/** An element that WebDriver has found, as both protocols write it. */
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';

type Found = { [ELEMENT]: string };

/** Wide enough for a machine three times slower than the one that the tests were written on. */
const PATIENCE = { timeout: 45_000, interval: 100 };

/** Somebody in front of a browser: sees text, clicks and types. Each look waits until there is what is looked for. */
export class Visitor {
  readonly #driver: Driver;
  readonly #site: string;

  constructor(driver: Driver, site: string) {
    this.#driver = driver;
    this.#site = site;
  }

  async visit(path: string): Promise<void> {
    await this.#driver.send('visit', { url: this.#site + path });
    await this.#hydrated();
  }

  async reload(): Promise<void> {
    await this.#driver.send('reload');
    await this.#hydrated();
  }

  /** Clicks a button or a link by its text. */
  async click(text: string, within = 'body'): Promise<void> {
    const path = `//${within}//*[self::a or self::button][normalize-space()=${JSON.stringify(text)}]`;
    await this.#driver.send('click', { id: await this.#find('xpath', path) });
  }

  /** Fills in a field by its label. */
  async fill(label: string, text: string): Promise<void> {
    const path = `//input[@id=//label[normalize-space()=${JSON.stringify(label)}]/@for]`;
    const id = await this.#find('xpath', path);
    await this.#driver.send('clear', { id });
    await this.#driver.send('type', { id, text });
  }

  async sees(text: string): Promise<void> {
    await expect.poll(() => this.run<string>('return document.body.innerText'), PATIENCE).toContain(text);
  }

  async seesNothingOf(text: string): Promise<void> {
    await expect.poll(() => this.run<string>('return document.body.innerText'), PATIENCE).not.toContain(text);
  }

  async isAt(path: string): Promise<void> {
    const url = async () => String(await this.#driver.send('url')).slice(this.#site.length);
    await expect.poll(url, PATIENCE).toBe(path);
  }

  /** What an output shows, by its label. */
  async counts(label: string, text: string): Promise<void> {
    const script = `
      const label = [...document.querySelectorAll('[id]')].find((one) => one.textContent === arguments[0]);
      return document.querySelector('output[aria-labelledby="' + label?.id + '"]')?.textContent ?? null`;
    await expect.poll(() => this.run<string | null>(script, label), PATIENCE).toBe(text);
  }

  /** Runs a script in the page. */
  async run<T>(script: string, ...args: unknown[]): Promise<T> {
    return (await this.#driver.send('run', { script, args })) as T;
  }

  async cookies(): Promise<{ name: string; httpOnly: boolean; sameSite?: string }[]> {
    return (await this.#driver.send('cookies')) as { name: string; httpOnly: boolean; sameSite?: string }[];
  }

  /** Starts again: a browser without cookies. */
  async forgetEverything(): Promise<void> {
    await this.visit('/');
    await this.#driver.send('dropCookies');
  }

  tab(): Promise<string> {
    return this.#driver.send('tab') as Promise<string>;
  }

  async openTab(): Promise<string> {
    const { handle } = (await this.#driver.send('newTab', { type: 'tab' })) as { handle: string };
    await this.switchTo(handle);
    return handle;
  }

  async switchTo(handle: string): Promise<void> {
    await this.#driver.send('switchTab', { handle });
  }

  /** A click before React runs would be lost. */
  async #hydrated(): Promise<void> {
    const script = `
      const things = [...document.querySelectorAll('main button, nav a')];
      return things.length > 0 && things.every((one) => Object.keys(one).some((key) => key.startsWith('__reactProps')))`;
    await expect.poll(() => this.run<boolean>(script), PATIENCE).toBe(true);
  }

  async #find(using: string, value: string): Promise<string> {
    let id = '';
    await expect
      .poll(async () => {
        const found = await this.#driver.send('find', { using, value }).catch(() => null);
        id = (found as Found | null)?.[ELEMENT] ?? '';
        return id;
      }, PATIENCE)
      .not.toBe('');
    return id;
  }
}
