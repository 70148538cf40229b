import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { endProcess, waitForPage } from '../stores/servers/processes.js';

/** The secret that the example signs with in these tests, which sign cookies of their own too. */
export const SESSION_SECRET = 'the secret of the end-to-end tests';

/** The environment of the example in all tests. It clears what the developer may have: a database, an identity provider. */
export const environment = {
  SESSION_SECRET,
  REDIS_URL: '',
  DATABASE_URL: '',
  SESSION_DB: '',
  OAUTH_ISSUER: '',
};

const NEXT = 'node_modules/next/dist/bin/next';

/** Builds the example, where the tests do not run behind those of Playwright, which build it too. */
export async function buildExample(): Promise<void> {
  const env = { ...process.env, NODE_ENV: 'production' as const };
  await promisify(execFile)(process.execPath, [NEXT, 'build', 'example'], { env });
}

/** The example, as it was built for the other tests, served once more. */
export class NextServer {
  readonly url: string;
  readonly #port: number;
  readonly #env: NodeJS.ProcessEnv;
  readonly #node: string;
  #process: ChildProcess | undefined;

  /** @param env further environment variables. @param node the program that runs it. */
  constructor(port: number, env: Record<string, string>, node = process.execPath) {
    this.#port = port;
    this.#env = { ...process.env, ...environment, ...env };
    this.#node = node;
    this.url = `http://localhost:${port}`;
  }

  async start(): Promise<void> {
    const args = [NEXT, 'start', 'example', '-p', String(this.#port)];
    this.#process = spawn(this.#node, args, { env: this.#env, stdio: 'ignore' });
    await waitForPage(`${this.url}/icon.svg`, () => 'The example did not answer.');
  }

  stop(): Promise<void> {
    return endProcess(this.#process);
  }
}
