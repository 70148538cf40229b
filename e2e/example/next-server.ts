import { type ChildProcess, spawn } from 'node:child_process';
import { endProcess, waitForPage } from '../stores/servers/processes.js';

/** The example, as it was built for the other tests, served once more. */
export class NextServer {
  readonly url: string;
  readonly #port: number;
  readonly #env: NodeJS.ProcessEnv;
  #process: ChildProcess | undefined;

  constructor(port: number, env: Record<string, string>) {
    this.#port = port;
    this.#env = { ...process.env, ...env };
    this.url = `http://localhost:${port}`;
  }

  async start(): Promise<void> {
    const args = ['node_modules/next/dist/bin/next', 'start', 'example', '-p', String(this.#port)];
    this.#process = spawn(process.execPath, args, { env: this.#env, stdio: 'ignore' });
    await waitForPage(`${this.url}/icon.svg`, () => 'The example did not answer.');
  }

  stop(): Promise<void> {
    return endProcess(this.#process);
  }
}
