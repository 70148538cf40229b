import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { endProcess, startServer, waitForPage } from '../stores/servers/processes.js';
import { environment } from './next-server.js';

/** The example as `npm start` runs it after its build, or `npm run dev` without one. */
export class StartedExample {
  readonly site: string;
  readonly #process: ChildProcess;
  output = '';

  constructor(port: number, env: Record<string, string>, command: 'start' | 'dev' = 'start') {
    this.site = `http://localhost:${port}`;
    this.#process = startServer(process.execPath, ['example/start.mjs', command], {
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
