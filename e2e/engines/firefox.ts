import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFirefox } from '../../scripts/find-engines.mjs';
import { begin, endProcess, waitFor } from '../stores/servers/processes.js';
import { freePort } from '../stores/servers/redis-server.js';
import { type Command, type Driver, marionetteName, type Params } from './driver.js';

/** Starts Firefox without a window, and talks to it by Marionette: what geckodriver speaks, over plain TCP. */
export async function startFirefox(): Promise<Driver> {
  const file = findFirefox();
  if (!file) throw new Error('No Firefox was found: run "npm run pretest:full".');
  const port = await freePort();
  const profile = mkdtempSync(join(tmpdir(), 'firefox-'));
  writeFileSync(join(profile, 'user.js'), `user_pref("marionette.port", ${port});\n`);
  const args = ['--headless', '--no-remote', '--marionette', '--profile', profile];
  const browser = spawn(file, args, {
    stdio: 'ignore',
    env: { ...process.env, HOME: profile },
  });
  const stop = async () => {
    await endProcess(browser);
    rmSync(profile, { recursive: true, force: true });
  };
  return begin(async () => {
    const marionette = new Marionette(
      await waitFor(
        () => open(port),
        () => 'Firefox did not answer.',
      ),
    );
    await marionette.send('newSession', {});
    return { send: (command, params) => marionette.send(command, params), stop };
  }, stop);
}

function open(port: number): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(socket)).once('error', () => resolve(undefined));
  });
}

type Answer = [type: 1, id: number, error: { error: string; message: string } | null, result: unknown];

/** Messages are JSON, each behind its length: `5:[...]`. An answer has the number of its command. */
class Marionette {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #received = Buffer.alloc(0);
  #sent = 0;

  constructor(socket: Socket) {
    this.#socket = socket.on('data', (data) => this.#take(data)).on('error', () => {});
    // Each command waits for the end too.
    socket.setMaxListeners(0);
  }

  async send(command: Command, params: Params = {}): Promise<unknown> {
    const id = ++this.#sent;
    const message = JSON.stringify([0, id, marionetteName(command), params]);
    const answered = new Promise<Answer>((resolve, reject) => {
      this.#waiting.set(id, resolve);
      this.#socket.once('close', () => reject(new Error(`${command}: Firefox has ended.`)));
    });
    this.#socket.write(`${Buffer.byteLength(message)}:${message}`);
    const [, , error, result] = await answered;
    if (error) throw new Error(`${command}: ${error.error}: ${error.message}`);
    return result !== null && typeof result === 'object' && 'value' in result ? result.value : result;
  }

  #take(data: Buffer) {
    this.#received = Buffer.concat([this.#received, data]);
    for (;;) {
      const colon = this.#received.indexOf(':');
      const end = colon + 1 + Number(this.#received.subarray(0, colon));
      if (colon < 0 || this.#received.length < end) return;
      const message = JSON.parse(this.#received.subarray(colon + 1, end).toString());
      this.#received = this.#received.subarray(end);
      // The first message is a greeting.
      if (Array.isArray(message)) this.#waiting.get(message[1])?.(message as Answer);
    }
  }
}
