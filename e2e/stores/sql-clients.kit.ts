import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { SqlStore } from 'next-app-session/sql';
import { type DocBlock, docBlocks } from '../package/doc-blocks.js';
import { read } from '../package/repository.js';
import { install, installFolder, packTarball } from '../versions/installed.js';

const run = promisify(execFile);

/** With the packages of the recipes. */
const PINNED = '../stores/sql-clients';
const PAGES = ['docs/sql.md', 'docs/sql-clients.md'];
const TSC = 'node_modules/typescript/bin/tsc';

const COMPILER_OPTIONS = {
  target: 'es2022',
  module: 'esnext',
  moduleResolution: 'bundler',
  strict: true,
  skipLibCheck: true,
  esModuleInterop: true,
  allowImportingTsExtensions: true,
  noEmit: true,
  types: ['node'],
  paths: { '@/*': ['./*'] },
  rootDir: '.',
};

/** Prisma's own programs cannot be fetched everywhere. What runs here is compiled to WebAssembly, and asks for none of these. */
const WITHOUT_PROGRAMS = {
  PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
  PRISMA_QUERY_ENGINE_LIBRARY: process.execPath,
};

/** The blocks of docs/sql.md and docs/sql-clients.md as files of an app that has their packages. */
export class SqlClientsApp {
  readonly #packages = installFolder(PINNED);
  readonly folder = join(this.#packages, 'app');
  readonly blocks = PAGES.flatMap((page) => docBlocks(read(page)));

  static async install(): Promise<SqlClientsApp> {
    await install(PINNED, packTarball());
    const app = new SqlClientsApp();
    rmSync(app.folder, { recursive: true, force: true });
    for (const { file, code } of app.blocks) if (file?.endsWith('.ts')) app.write(file, inOwnTable(code));
    app.write('tsconfig.json', JSON.stringify({ compilerOptions: COMPILER_OPTIONS }));
    return app;
  }

  /** Returns the blocks of a language below a heading. */
  blocksBelow(heading: string, language: string): DocBlock[] {
    const page = PAGES.map(read).find((text) => text.includes(`\n${heading}\n`)) ?? '';
    const [, section = ''] = page.split(`\n${heading}\n`);
    return docBlocks(section.split(/\n#+ /)[0] ?? '').filter((block) => block.language === language);
  }

  /** Returns a package of the recipes. */
  package(name: string) {
    return createRequire(join(this.#packages, 'package.json'))(name);
  }

  write(file: string, text: string): void {
    const target = join(this.folder, file);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  }

  /** Returns what tsc says of all files, with the real types of the packages. */
  async complaints(): Promise<string> {
    const args = [join(this.#packages, TSC), '--pretty', 'false', '-p', this.folder];
    return run(process.execPath, args).then(
      () => '',
      ({ stdout }) => stdout,
    );
  }

  /** Returns a module of the app. */
  async load(file: string): Promise<Record<string, unknown>> {
    return import(/* @vite-ignore */ pathToFileURL(join(this.folder, file)).href);
  }

  /** Returns the store of a recipe, with its own table. */
  async store(recipe: string, table?: string): Promise<SqlStore> {
    Object.assign(globalThis, { tableOfRecipe: table });
    const module = await this.load(`lib/${recipe}.ts`);
    const make = Object.values(module).find(
      (one): one is () => Promise<SqlStore> => typeof one === 'function' && one.name.endsWith('Store'),
    );
    if (!make) throw new Error(`lib/${recipe}.ts exports no store`);
    return make();
  }

  /** Runs a program of a package. Returns what it prints. */
  async tool(
    program: string,
    args: readonly string[],
    settings: Record<string, string> = {},
  ): Promise<string> {
    const env = { ...process.env, ...WITHOUT_PROGRAMS, ...settings };
    const command = [join(this.#packages, 'node_modules', program), ...args];
    const { stdout } = await run(process.execPath, command, { cwd: this.folder, env });
    return stdout;
  }

  /** Runs a script with a Node that has `node:sqlite`, and takes types out. Returns what it prints. */
  runOnNode22(script: string): string {
    const args = ['--yes', '--package=node@22', '--', 'node', script];
    return execFileSync('npx', args, { cwd: this.folder, encoding: 'utf8' });
  }
}

/** Lets a test say in which table a recipe keeps its sessions. */
function inOwnTable(code: string): string {
  return code.replace(
    'new SqlStore({',
    'new SqlStore({ table: (globalThis as { tableOfRecipe?: string }).tableOfRecipe,',
  );
}
