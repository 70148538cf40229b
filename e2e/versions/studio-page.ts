import { type Browser, type BrowserContext, chromium, type Page } from '@playwright/test';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { launchOptions } from '../example/browsers.js';
import type { NextApp } from './next-app.js';
import { StudioClient } from './studio-client.js';

/** The page of the studio, beside the app that runs in `next dev`: in a new window of a browser for each test of the `describe` around. */
export class StudioPage {
  readonly #app: () => NextApp;
  #browser: Browser | undefined;
  #window: { readonly context: BrowserContext; readonly page: Page } | undefined;
  /** What the browser complained of, and what it asked other servers for. */
  readonly problems: string[] = [];
  /** Bytes of the page and of its files. */
  loaded = 0;

  constructor(app: () => NextApp) {
    this.#app = app;
    beforeAll(async () => {
      this.#browser = await chromium.launch(launchOptions);
    });
    afterAll(() => this.#browser?.close());
    beforeEach(() => this.#open());
    afterEach(() => this.context.close());
  }

  get context(): BrowserContext {
    if (!this.#window) throw new Error('The page is opened for each test.');
    return this.#window.context;
  }

  get page(): Page {
    if (!this.#window) throw new Error('The page is opened for each test.');
    return this.#window.page;
  }

  get browser(): Browser {
    if (!this.#browser) throw new Error('The browser is started before the tests.');
    return this.#browser;
  }

  /** Chooses a view. */
  async show(view: string): Promise<void> {
    await this.page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: view }).click();
  }

  get request() {
    return this.page.getByRole('region', { name: 'The chosen request' });
  }

  get session() {
    return this.page.getByRole('region', { name: 'The chosen session' });
  }

  /** Returns the handle of the chosen session. */
  async handle(): Promise<string> {
    return (await this.session.getByRole('heading').locator('[title]').getAttribute('title')) ?? '';
  }

  /** Chooses the session that was used last. */
  async openSession(): Promise<void> {
    await this.show('Sessions');
    await this.page.getByRole('table', { name: 'Sessions' }).getByRole('button').first().click();
  }

  /** Returns what shows a value of the chosen session, to edit it. */
  shown(path: string, json = '') {
    return this.page.getByRole('button', { name: `Edit ${path}: ${json}` });
  }

  /** Replaces a value of the chosen session, without saving that. */
  async edit(path: string, json: string): Promise<void> {
    await this.shown(path).click();
    await this.page.getByRole('textbox', { name: `The value of ${path}` }).fill(json);
    await this.page.keyboard.press('Enter');
  }

  /** Counts in the app, in the same browser. */
  async count(): Promise<void> {
    await this.context.request.post(`${this.#app().url}/api/calls`);
  }

  async #open(): Promise<void> {
    const studio = new StudioClient(this.#app().log);
    const { address, link } = studio;
    await studio.call('requests/clear');
    this.problems.length = 0;
    this.loaded = 0;
    const context = await this.browser.newContext();
    const page = await context.newPage();
    this.#window = { context, page };
    page.on('console', (message) => this.problems.push(message.text()));
    page.on('pageerror', (error) => this.problems.push(String(error)));
    page.on('request', (request) => request.url().startsWith(address) || this.problems.push(request.url()));
    page.on('response', async (response) => {
      if (!response.url().includes('/api/')) this.loaded += (await response.body()).length;
    });
    await page.goto(link);
    await page.getByText('Live').waitFor();
  }
}
