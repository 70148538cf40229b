import { type ChildProcess, execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findRedis } from '../../../scripts/find-redis.mjs';
import { endProcess, startServer } from './processes.js';

const run = promisify(execFile);

const MAX_ATTEMPTS = 5;
/** It takes 50 ms on a quiet machine. */
const START_LIMIT_MS = 60_000;
const KEEPS_NOTHING = ['--save', '', '--appendonly', 'no'];

/** A real Redis server of the test's own, on a free port of this machine. */
export class RedisServer {
  readonly port: number;
  #file: string | undefined;
  readonly #options: readonly string[];
  readonly #folder = mkdtempSync(join(tmpdir(), 'redis-'));
  #process: ChildProcess | undefined;

  private constructor(port: number, options: readonly string[], file: string | undefined) {
    this.port = port;
    this.#file = file;
    this.#options = options;
  }

  /** A server that keeps nothing on disk, with further options. */
  static start(...options: string[]): Promise<RedisServer> {
    return RedisServer.startWith([...KEEPS_NOTHING, ...options]);
  }

  /** @param file the program. By default the one of the tests. */
  static async startWith(options: readonly string[], file = findRedis()): Promise<RedisServer> {
    for (let attempt = 1; ; attempt++) {
      const server = new RedisServer(await freePort(), options, file);
      try {
        await server.restart();
        return server;
      } catch (error) {
        // Somebody else may have taken the port, or that of the cluster bus, in the meantime.
        await server.stop();
        if (attempt === MAX_ATTEMPTS) throw error;
      }
    }
  }

  get url(): `redis://${string}` {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** A server by another program, such as an older version, that keeps nothing on disk. */
  static startBy(file: string, ...options: string[]): Promise<RedisServer> {
    return RedisServer.startWith([...KEEPS_NOTHING, ...options], file);
  }

  /**
   * Starts the server, again after `kill`, on the same port.
   *
   * @param file another program from now on.
   */
  async restart(file = this.#file): Promise<void> {
    this.#file = file;
    if (!file) throw new Error('No Redis server was found: run "npm run pretest".');
    const settings = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.#folder];
    const child = startServer(file, [...this.#options, ...settings], { stdio: 'ignore' });
    this.#process = child;
    await this.#answers(child);
  }

  /** Runs a command on this server, past every client library. */
  async command(...command: string[]): Promise<string> {
    const { stdout } = await run('redis-cli', ['-p', String(this.port), ...command]);
    return stdout.trimEnd();
  }

  /** Stops answering without closing connections, as a machine that hangs. */
  freeze(): void {
    this.#process?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#process?.kill('SIGCONT');
  }

  kill(): Promise<void> {
    return endProcess(this.#process);
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #answers(started: ChildProcess): Promise<void> {
    const deadline = Date.now() + START_LIMIT_MS;
    while ((await processAt(this.port)) !== started.pid) {
      if (started.exitCode !== null || Date.now() > deadline) {
        throw new Error(`Redis did not start on port ${this.port}.`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** Below the range of outgoing connections, and so is the cluster bus of a node, on its port plus 10,000. */
const FIRST_PORT = 11_000;
const PORTS = 9_000;

export function freePort(): Promise<number> {
  const port = FIRST_PORT + Math.floor(Math.random() * PORTS);
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(freePort()));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(port)));
  });
}

/** Returns the process ID of the Redis at this port, or `undefined` if none answers: another test's may be there. */
function processAt(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1').setEncoding('utf8');
    let answer = '';
    const done = (pid?: number) => {
      socket.destroy();
      resolve(pid);
    };
    socket
      .once('connect', () => socket.write('INFO server\r\n'))
      .on('data', (text: string) => {
        answer += text;
        const [, pid] = /process_id:(\d+)\r/.exec(answer) ?? [];
        if (pid) done(Number(pid));
        else if (answer.startsWith('-')) done();
      })
      .once('error', () => done())
      .once('close', () => done())
      .setTimeout(1000, () => done());
  });
}
