import type { ChildProcess } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { begin, endProcess, hasEnded, startServer, waitFor } from './processes.js';
import { freePort } from './redis-server.js';

const MAX_ATTEMPTS = 5;
/** Of what a server printed, for the error of one that did not start. */
const LAST_LETTERS = 2_000;

/** The command line of a server, and the user that it runs as. */
export interface Program {
  readonly file: string;
  readonly args: readonly string[];
  readonly uid?: number;
  readonly gid?: number;
}

/** A real SQL server for one test file, with its own folder and port. */
export abstract class SqlServer {
  protected readonly folder: string;
  readonly #name: string;
  /** Ends the server at once, as a crash does, with all processes that it has started. */
  readonly #crash: NodeJS.Signals;
  #port = 0;
  #process: ChildProcess | undefined;

  protected constructor(name: string, crash: NodeJS.Signals) {
    this.folder = mkdtempSync(join(tmpdir(), `${name}-`));
    this.#name = name;
    this.#crash = crash;
  }

  /** A port of 127.0.0.1. */
  get port(): number {
    return this.#port;
  }

  /** Runs a statement on this server, past every proxy. */
  abstract query(text: string): Promise<Record<string, unknown>[]>;

  /** Has the server refuse writes, on open connections too. */
  abstract setReadOnly(isReadOnly: boolean): Promise<void>;

  /** The command line that serves the folder on the port. */
  protected abstract program(): Program;

  /** Starts the server again, on the same folder and port. What still runs is killed first. */
  async restart(): Promise<void> {
    await this.kill();
    const { file, args, ...user } = this.program();
    const log = join(this.folder, 'log');
    const output = openSync(log, 'a');
    const child = startServer(file, args, { ...user, cwd: this.folder, stdio: ['ignore', output, output] });
    closeSync(output);
    this.#process = child;
    const failure = () => `${this.#name} did not start: ${readFileSync(log, 'utf8').slice(-LAST_LETTERS)}`;
    await waitFor(async () => hasEnded(child) || this.query('SELECT 1'), failure);
    if (hasEnded(child)) throw new Error(failure());
  }

  /** Ends the server as a crash does. What was committed is there after `restart`. */
  kill(): Promise<void> {
    return endProcess(this.#process, this.#crash);
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Fills the folder, and starts the server for the first time. */
  protected async begin(fill: () => Promise<unknown>): Promise<this> {
    await begin(
      async () => {
        await fill();
        await this.#startOnFreePort();
      },
      () => this.stop(),
    );
    return this;
  }

  async #startOnFreePort(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      this.#port = await freePort();
      try {
        return await this.restart();
      } catch (error) {
        // Somebody else may have taken the port in the meantime.
        if (attempt === MAX_ATTEMPTS) throw error;
      }
    }
  }
}
