import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findMiniBrowser, findWebKitDriver, findXvfb } from '../../scripts/find-engines.mjs';
import { freePort } from '../stores/servers/redis-server.js';
import { type Command, type Driver, httpRequest, type Params } from './driver.js';
import { endProcess, waitFor } from './processes.js';

/** Starts WebKitGTK on a screen that nobody sees, and talks to it by WebDriver. */
export async function startWebKitGTK(): Promise<Driver> {
  const [xvfb, driver, binary] = [findXvfb(), findWebKitDriver(), findMiniBrowser()];
  if (!xvfb || !driver || !binary) throw new Error('No WebKitGTK was found: run "npm run pretest:full".');
  const home = mkdtempSync(join(tmpdir(), 'webkitgtk-'));
  const args = ['-displayfd', '1', '-screen', '0', '1280x1024x24', '-nolisten', 'tcp'];
  const screen = spawn(xvfb, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const [display] = await once(screen.stdout, 'data');
  const port = await freePort();
  const env = { ...process.env, DISPLAY: `:${String(display).trim()}`, HOME: home };
  const server = spawn(driver, [`--port=${port}`], { stdio: 'ignore', env });
  const session = new WebDriver(`http://127.0.0.1:${port}`);
  await waitFor('WebKitWebDriver', () => session.isReady());
  await session.begin({ 'webkitgtk:browserOptions': { binary, args: ['--automation'] } });
  return {
    send: (command, params) => session.send(command, params),
    stop: async () => {
      await session.send('endSession').catch(() => {});
      await endProcess(server);
      await endProcess(screen);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

class WebDriver {
  readonly #url: string;
  #session = '';

  constructor(url: string) {
    this.#url = url;
  }

  async isReady(): Promise<true | undefined> {
    return (await fetch(`${this.#url}/status`).catch(() => null))?.ok ? true : undefined;
  }

  async begin(capabilities: Params): Promise<void> {
    const params = { capabilities: { alwaysMatch: capabilities } };
    const { sessionId } = (await this.send('newSession', params)) as { sessionId: string };
    this.#session = sessionId;
  }

  async send(command: Command, { id, ...params }: Params = {}): Promise<unknown> {
    const { method, path } = httpRequest(command, { session: this.#session, id: String(id) });
    const body = method === 'POST' ? { body: JSON.stringify(params) } : {};
    const response = await fetch(this.#url + path, { method, ...body });
    const { value } = (await response.json()) as { value: unknown };
    if (response.ok) return value;
    const { error, message } = value as { error: string; message: string };
    throw new Error(`${command}: ${error}: ${message}`);
  }
}
