import { type ChildProcess, spawn } from 'node:child_process';

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
    const deadline = Date.now() + 240_000;
    while (!(await fetch(`${this.url}/icon.svg`).catch(() => null))?.ok) {
      if (Date.now() > deadline) throw new Error('The example did not answer.');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async stop(): Promise<void> {
    const running = this.#process;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const gone = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGKILL');
    await gone;
  }
}
