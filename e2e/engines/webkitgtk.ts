import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findMiniBrowser, findWebKitDriver, findXvfb } from '../../scripts/find-engines.mjs';
import { begin, endProcess, waitForPage } from '../stores/servers/processes.js';
import { freePort } from '../stores/servers/redis-server.js';
import { type Command, type Driver, httpRequest, type Params } from './driver.js';

/** Starts WebKitGTK on a screen that nobody sees, and talks to it by WebDriver. */
export async function startWebKitGTK(): Promise<Driver> {
  const [xvfb, driver, binary] = [findXvfb(), findWebKitDriver(), findMiniBrowser()];
  if (!xvfb || !driver || !binary) throw new Error('No WebKitGTK was found: run "npm run pretest:full".');
  const home = mkdtempSync(join(tmpdir(), 'webkitgtk-'));
  const args = ['-displayfd', '1', '-screen', '0', '1280x1024x24', '-nolisten', 'tcp'];
  const screen = spawn(xvfb, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const port = await freePort();
  const session = new WebDriver(`http://127.0.0.1:${port}`);
  const processes: ChildProcess[] = [screen];
  const stop = async () => {
    await session.send('endSession').catch(() => {});
    for (const one of processes.toReversed()) await endProcess(one);
    rmSync(home, { recursive: true, force: true });
  };
  return begin(async () => {
    const [display] = await once(screen.stdout, 'data');
    const env = { ...process.env, DISPLAY: `:${String(display).trim()}`, HOME: home };
    processes.push(spawn(driver, [`--port=${port}`], { stdio: 'ignore', env }));
    await waitForPage(session.status, () => 'WebKitWebDriver did not answer.');
    await session.begin({ 'webkitgtk:browserOptions': { binary, args: ['--automation'] } });
    return { send: (command, params) => session.send(command, params), stop };
  }, stop);
}

class WebDriver {
  readonly #url: string;
  #session = '';

  constructor(url: string) {
    this.#url = url;
  }

  get status(): string {
    return `${this.#url}/status`;
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
