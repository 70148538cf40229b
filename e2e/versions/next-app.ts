import { type ChildProcess, execFile, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { endProcess, waitFor } from '../stores/servers/processes.js';
import { install, installFolder } from './installed.js';
import type { Variant } from './variants.js';

const run = promisify(execFile);
const here = fileURLToPath(new URL('.', import.meta.url));
const root = join(here, '../..');
// Replaces Vitest's NODE_ENV, with which Next would build for tests.
const env = {
  ...process.env,
  NODE_ENV: 'production' as const,
  NEXT_TELEMETRY_DISABLED: '1',
  SESSION_SECRET: 'the secret of the version tests',
};
/** A build has no secret: it needs none. */
const { SESSION_SECRET: _, ...buildEnv } = env;
const NEXT = '../node_modules/next/dist/bin/next';

/**
 * An app with the variant's version of Next, its sources and the packed package. Its folder lies in the
 * folder of its pinned packages, which are installed once for all apps of a version.
 */
export class NextApp {
  readonly folder: string;
  readonly #variant: Variant;
  #server: ChildProcess | undefined;
  #log = '';
  url = '';

  constructor(variant: Variant) {
    this.#variant = variant;
    this.folder = join(
      installFolder(variant.install, variant.next),
      variant.name.replaceAll(/[^\w.]+/g, '-').replace(/-$/, ''),
    );
  }

  /** The output of the server since its start. */
  get log(): string {
    return this.#log;
  }

  /**
   * Installs the package and builds the app.
   *
   * @param under a folder of files that are copied first. The variant's own files replace them.
   * @param settings further environment variables of the build.
   */
  async build(tarball: string, under?: string, settings: Record<string, string> = {}): Promise<void> {
    await this.prepare(tarball, under);
    const args = [NEXT, 'build', ...this.#variant.buildOptions];
    await run(process.execPath, args, {
      cwd: this.folder,
      env: { ...buildEnv, ...settings },
      maxBuffer: 1e8,
    }).catch((error) => {
      throw new Error(`next build failed for ${this.#variant.name}:\n${error.stdout}\n${error.stderr}`);
    });
  }

  /** Installs the package and copies the files of the app, for `next dev`. */
  async prepare(tarball: string, under?: string): Promise<void> {
    await install(this.#variant.install, tarball, this.#variant.next);
    rmSync(this.folder, { recursive: true, force: true });
    mkdirSync(this.folder);
    if (under) cpSync(under, this.folder, { recursive: true });
    for (const source of this.#variant.sources) {
      const target = source.includes('/') ? join(this.folder, basename(source)) : this.folder;
      cpSync(join(here, source), target, { recursive: true });
    }
    const { config } = this.#variant;
    if (!config) return;
    // Deno takes a `.js` file for an ES module, Node for CommonJS.
    writeFileSync(
      join(this.folder, 'next.config.mjs'),
      `export default ${JSON.stringify(config, null, 2)};\n`,
    );
  }

  /** What the build made for browsers, all files in one text. */
  browserCode(): string {
    const files = readdirSync(join(this.folder, '.next/static'), { recursive: true, withFileTypes: true });
    return files
      .filter((file) => file.isFile())
      .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1'))
      .join('\n');
  }

  /** Starts the app with `next start` or `next dev`. */
  async start(settings: Record<string, string> = {}, command: 'start' | 'dev' = 'start'): Promise<void> {
    const port = String(await freePort());
    const isDev = command === 'dev';
    const options = isDev ? (this.#variant.devOptions ?? []) : [];
    const mode = isDev ? { NODE_ENV: 'development' } : {};
    await this.#serve([NEXT, command, '-p', port, ...options], port, { ...mode, ...settings });
  }

  /** Starts the app, and returns when it answers in any way. */
  async startBroken(settings: Record<string, string>): Promise<void> {
    const port = String(await freePort());
    await this.#serve([NEXT, 'start', '-p', port], port, settings, () => true);
  }

  /** Starts the app with a custom server: a file of the folder `custom-server`. */
  async startServer(file: string): Promise<void> {
    cpSync(join(here, 'custom-server', file), join(this.folder, file));
    this.#link('express');
    const port = String(await freePort());
    await this.#serve([file], port, { PORT: port });
  }

  async #serve(
    args: readonly string[],
    port: string,
    settings: Record<string, string>,
    isReady: (response: Response) => boolean = ({ ok }) => ok,
  ): Promise<void> {
    this.url = `http://localhost:${port}`;
    this.#log = '';
    const [program, ...options] = await programOf(this.#variant.runtime);
    this.#server = spawn(program, [...options, ...args], {
      cwd: this.folder,
      env: { ...env, ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#server.stdout, this.#server.stderr]) {
      stream?.on('data', (text) => {
        this.#log += text;
      });
    }
    await waitFor(
      async () => isReady(await fetch(`${this.url}/api/calls`)) || undefined,
      () => `${args.join(' ')} did not answer:\n${this.#log}`,
    );
  }

  /** Runs a test file with node:test in this app. Returns its report. */
  async runTests(file: string): Promise<string> {
    cpSync(join(here, file), join(this.folder, basename(file)));
    // Without this variable, or node:test would report to an outer test run instead of to its output.
    const { NODE_TEST_CONTEXT: _, ...own } = process.env;
    const options = { cwd: this.folder, env: own };
    const { stdout } = await run(process.execPath, ['--test', basename(file)], options).catch((error) => {
      throw new Error(`${file} failed on ${this.#variant.name}:\n${error.stdout}`);
    });
    return stdout;
  }

  /** Runs Playwright tests in this app, with the configuration `wrapped.config.js`. Returns the report. */
  async runPlaywright(
    serve: string,
    tests: readonly string[],
    settings: Record<string, string>,
  ): Promise<string> {
    const port = await freePort();
    const own = {
      COMMAND: `node ${NEXT} ${serve} -p ${port}`,
      BASE_URL: `http://localhost:${port}`,
      TESTS: tests.join(','),
    };
    const { stdout } = await this.playwright('wrapped.config.js', { ...own, ...settings }).catch((error) => {
      throw new Error(
        `Playwright failed on ${this.#variant.name}, next ${serve}:\n${error.stdout}\n${error.stderr}`,
      );
    });
    return stdout;
  }

  /** Runs this repository's Playwright in this app. Rejects if a test fails. */
  async playwright(config: string, settings: Record<string, string>): Promise<{ stdout: string }> {
    for (const name of ['@playwright/test', 'playwright', 'playwright-core', '@next/playwright'])
      this.#link(name);
    // Next sets NODE_ENV itself, for each of its commands.
    const outer: NodeJS.ProcessEnv = { ...env };
    Reflect.deleteProperty(outer, 'NODE_ENV');
    const args = ['node_modules/@playwright/test/cli.js', 'test', '-c', config];
    const options = { cwd: this.folder, env: { ...outer, ...settings }, maxBuffer: 1e8 };
    return run(process.execPath, args, options);
  }

  async stop(): Promise<void> {
    // `next dev` serves in a child process, which it ends with itself.
    await endProcess(this.#server, this.#server?.spawnargs.includes('dev') ? 'SIGTERM' : 'SIGKILL');
  }

  /** Makes a package of this repository one of the app's. */
  #link(name: string): void {
    const link = join(this.folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    if (!existsSync(link)) symlinkSync(join(root, 'node_modules', name), link);
  }
}

/** Returns the program of a runtime itself: one that npx starts would outlive npx. */
export async function programOf(runtime: Variant['runtime']): Promise<[string, ...string[]]> {
  if (!runtime) return [process.execPath];
  const [name = ''] = runtime.split('@');
  const where = name === 'deno' ? ['eval', 'console.log(Deno.execPath())'] : ['-p', 'process.execPath'];
  const { stdout } = await run('npx', ['--yes', `--package=${runtime}`, '--', name, ...where], {
    cwd: tmpdir(),
  });
  return [stdout.trim(), ...(name === 'deno' ? ['run', '-A'] : [])];
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
