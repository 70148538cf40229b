import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { docBlocks } from './doc-blocks.js';
import { listPages, read } from './repository.js';

const run = promisify(execFile);
const OURS = /^next-app-session(@\w+)?$/;
const API = '@opentelemetry/api';
const PNPM = 'pnpm@10.34.9';

/** What an app of create-next-app has, but for its linter and its CSS. */
const NEW_APP = {
  name: 'app',
  private: true,
  dependencies: { next: '16.4.5', react: '19.3.1', 'react-dom': '19.3.1' },
  devDependencies: {
    '@types/node': '^20',
    '@types/react': '^19',
    '@types/react-dom': '^19',
    typescript: '^5',
  },
};

/** The packages that one `sh` block of a page has its reader install. */
export interface InstallLines {
  /** The page and the line of the block. */
  readonly where: string;
  readonly packages: readonly string[];
}

/** Returns what the pages have their readers install. What two pages install alike is there once. */
export function installLines(): InstallLines[] {
  const all = listPages().flatMap((file) => linesOf(file, read(file)));
  return all.filter((one, at) => all.findIndex(({ packages }) => same(packages, one.packages)) === at);
}

/** Returns the packages of a page, block by block. */
export function linesOf(file: string, markdown: string): InstallLines[] {
  return docBlocks(markdown)
    .filter(({ language }) => ['sh', 'bash', 'shell', 'console'].includes(language))
    .map(({ code, line }) => ({ where: `${file}:${line}`, packages: packagesIn(code) }))
    .filter(({ packages }) => packages.length > 0);
}

function packagesIn(code: string): string[] {
  return [
    ...code
      .replaceAll('\\\n', ' ')
      .matchAll(/\b(?:npm (?:i|install|add)|pnpm (?:i|install|add))\b([^\n&|;#]*)/g),
  ].flatMap(([, words = '']) => words.split(/\s+/).filter((word) => word !== '' && !word.startsWith('-')));
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.join(' ') === b.join(' ');
}

export type PackageManager = 'npm' | 'pnpm';

/** A new Next app, to install packages into. A peer that does not fit is an error there. */
export class NewApp {
  readonly folder: string;
  readonly #tarball: string;
  readonly #manager: PackageManager;
  readonly #lockOnly: boolean;

  private constructor(folder: string, tarball: string, manager: PackageManager, lockOnly: boolean) {
    this.folder = folder;
    this.#tarball = tarball;
    this.#manager = manager;
    this.#lockOnly = lockOnly;
  }

  /** Makes an app that has nothing but Next. With `lockOnly`, packages are resolved and not downloaded. */
  static create(tarball: string, manager: PackageManager, { lockOnly = false } = {}): NewApp {
    const folder = mkdtempSync(join(tmpdir(), 'next-app-session-install-'));
    writeFileSync(join(folder, 'package.json'), JSON.stringify(NEW_APP));
    return new NewApp(folder, tarball, manager, lockOnly);
  }

  /** Returns another app that has what this one has. */
  copy(): NewApp {
    const folder = mkdtempSync(join(tmpdir(), 'next-app-session-install-'));
    cpSync(this.folder, folder, { recursive: true, verbatimSymlinks: true });
    return new NewApp(folder, this.#tarball, this.#manager, this.#lockOnly);
  }

  /** Installs packages: the packed tarball in place of next-app-session. Throws what the package manager says. */
  async install(packages: readonly string[]): Promise<void> {
    const named = packages.map((name) => (OURS.test(name) ? this.#tarball : name));
    const [command = '', ...args] = this.#command();
    await run(command, [...args, ...named], { cwd: this.folder, maxBuffer: 1e8 }).catch((error) => {
      throw new Error(`${this.#manager} refused ${packages.join(' ')}:\n${error.stdout}\n${error.stderr}`);
    });
  }

  /** Returns the versions of OpenTelemetry's API that are installed. With two, spans can vanish without a word. */
  apiVersions(): string[] {
    if (this.#manager === 'pnpm') {
      const lock = readFileSync(join(this.folder, 'pnpm-lock.yaml'), 'utf8');
      return [...lock.matchAll(/^ {2}'@opentelemetry\/api@([\d.]+)':$/gm)]
        .map(([, version = '']) => version)
        .filter((version, at, all) => all.indexOf(version) === at);
    }
    const { packages } = JSON.parse(readFileSync(join(this.folder, 'package-lock.json'), 'utf8'));
    return Object.keys(packages)
      .filter((path) => path.endsWith(`node_modules/${API}`))
      .map((path) => packages[path].version);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #command(): string[] {
    if (this.#manager === 'pnpm') {
      const lockOnly = this.#lockOnly ? ['--lockfile-only'] : [];
      return ['npx', '--yes', PNPM, 'add', ...lockOnly, '--config.strict-peer-dependencies=true'];
    }
    const lockOnly = this.#lockOnly ? ['--package-lock-only'] : [];
    const quiet = ['--no-audit', '--no-fund', '--prefer-offline'];
    return ['npm', 'install', ...lockOnly, '--strict-peer-deps', ...quiet];
  }
}
