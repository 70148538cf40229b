import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { endProcess, startServer, waitForPage } from '../stores/servers/processes.js';
import { freePort } from '../stores/servers/redis-server.js';
import { expect, test } from './fixtures.js';
import { issuerFor, signInAtProvider } from './identity-provider.js';
import { environment } from './next-server.js';

/** The example as `npm start` runs it, after its build. */
class Started {
  readonly site: string;
  readonly #process: ChildProcess;
  output = '';

  constructor(port: number, env: Record<string, string>) {
    this.site = `http://localhost:${port}`;
    this.#process = startServer(process.execPath, ['example/start.mjs', 'start'], {
      env: { ...process.env, ...environment, ...env, PORT: String(port) },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#process.stdout?.on('data', (text) => {
      this.output += text;
    });
  }

  /** Waits until the app answers, for what `use` does with it, and for the end after this signal. Returns the exit code. */
  async during(signal: NodeJS.Signals, use: () => Promise<void>): Promise<number | null> {
    const ended = once(this.#process, 'exit');
    try {
      await waitForPage(`${this.site}/icon.svg`, () => `The example did not start:\n${this.output}`);
      await use();
    } finally {
      await endProcess(this.#process, signal);
    }
    const [code] = await ended;
    return code;
  }
}

const answers = (url: string) =>
  fetch(url).then(
    () => true,
    () => false,
  );

test('npm start brings an identity provider along, and both end together', async ({ page }) => {
  const example = new Started(await freePort(), {});
  let issuer = '';
  const code = await example.during('SIGTERM', async () => {
    await page.goto(`${example.site}/sign-in`);
    await page.getByRole('link', { name: 'Sign in with the identity provider' }).click();
    issuer = new URL(page.url()).origin;
    await signInAtProvider(page, 'Ada');
    await expect(page).toHaveURL(`${example.site}/account`);
    expect(example.output).toContain(`Identity provider: ${issuer}`);
    expect(await answers(issuer)).toBe(true);
    // Away from the page, which prefetches links.
    await page.goto('about:blank');
  });
  expect(code).toBe(143);
  expect(await answers(issuer)).toBe(false);
  expect(await answers(example.site)).toBe(false);
});

test('with OAUTH_ISSUER, npm start leads to that provider and starts none', async ({ baseURL, request }) => {
  const issuer = issuerFor(baseURL ?? '');
  const example = new Started(await freePort(), { OAUTH_ISSUER: issuer });
  const code = await example.during('SIGINT', async () => {
    const sent = await request.get(`${example.site}/sign-in/oauth`, { maxRedirects: 0 });
    expect(new URL(sent.headers().location ?? '').origin).toBe(issuer);
    expect(example.output).not.toContain('Identity provider');
  });
  expect(code).toBe(130);
  expect(await answers(example.site)).toBe(false);
});
