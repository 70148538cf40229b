import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DocBlock } from './doc-blocks.js';
import { root } from './repository.js';

const EXTENSIONS: Record<string, string> = { ts: 'ts', tsx: 'tsx', js: 'js', mjs: 'js', jsx: 'jsx' };
const RESOLVER = join(root, 'e2e/package/doc-resolver.mjs');

const VITEST = join(root, 'node_modules/vitest/vitest.mjs');
/** For pages that show no configuration. */
const VITEST_CONFIG = join(root, 'e2e/package/fixtures/vitest.config.mjs');

/** What create-next-app sets, with output, because `<!-- run -->` needs compiled files. */
const NEW_APP = {
  target: 'es2022',
  lib: ['es2023', 'dom', 'dom.iterable'],
  module: 'esnext',
  moduleResolution: 'bundler',
  jsx: 'react-jsx',
  strict: true,
  skipLibCheck: true,
  esModuleInterop: true,
  resolveJsonModule: true,
  isolatedModules: true,
  allowJs: true,
  types: ['node'],
  paths: { '@/*': ['./*'] },
  rootDir: '.',
  outDir: 'out',
};

/** What `tsc --init` of TypeScript 7 sets beside that. */
const TSC_INIT = {
  declaration: true,
  exactOptionalPropertyTypes: true,
  moduleDetection: 'force',
  noUncheckedIndexedAccess: true,
  noUncheckedSideEffectImports: true,
  verbatimModuleSyntax: true,
};

const TSCONFIG = { compilerOptions: { ...NEW_APP, ...TSC_INIT }, exclude: ['out'] };

/** An app made of a document's code blocks. A named block is that file, any other is its own module. */
export class DocApp {
  readonly #folder: string;
  readonly #vitestConfig: string;

  constructor(name: string, blocks: readonly DocBlock[]) {
    this.#folder = join(root, '.tmp/docs', name);
    rmSync(this.#folder, { recursive: true, force: true });
    this.#write('tsconfig.json', JSON.stringify(TSCONFIG));
    const files = new Set<string>();
    for (const block of blocks.filter(isCode)) {
      const file = fileOf(block);
      if (files.has(file)) throw new Error(`Line ${block.line}: ${file} is in an earlier block already.`);
      files.add(file);
      this.#write(file, block.given ? `${block.given}\n${block.code}` : block.code);
    }
    const ownConfig = [...files].find((file) => /^vitest\.config\.\w+$/.test(file));
    this.#vitestConfig = ownConfig ? join(this.#folder, ownConfig) : VITEST_CONFIG;
  }

  /** The folder of the compiled blocks. */
  get compiled(): string {
    return join(this.#folder, 'out');
  }

  /** Compiles all blocks against the built package. Returns the complaints of tsc, or an empty text. */
  compile(): string {
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const { status, stdout, stderr } = node(this.#folder, tsc, '--pretty', 'false');
    return status === 0 ? '' : `${stdout}${stderr}` || 'tsc crashed';
  }

  /** Replaces compiled blocks by their sources, for tools that compile by themselves. */
  addSources(blocks: readonly DocBlock[]): void {
    for (const block of blocks) {
      rmSync(join(this.compiled, fileOf(block).replace(/\.\w+$/, '.js')));
      this.#write(join('out', fileOf(block)), block.code);
    }
  }

  /** Runs a compiled block. Returns its output if it failed, or an empty text. */
  run(block: DocBlock): string {
    const compiled = join('out', fileOf(block).replace(/\.\w+$/, '.js'));
    const { status, stdout, stderr } = node(this.#folder, '--import', RESOLVER, compiled);
    return status === 0 ? '' : `${stdout}${stderr}` || `ended with ${status}`;
  }

  /**
   * Runs the test files with Vitest, by the configuration that the page shows. Returns its output if a test failed, or an empty
   * text.
   */
  test(): string {
    const args = ['run', '--root', this.#folder, '--exclude', 'out/**', '--config', this.#vitestConfig];
    const { status, stdout, stderr } = node(root, VITEST, ...args);
    return status === 0 ? '' : `${stdout}${stderr}` || 'vitest crashed';
  }

  #write(file: string, text: string): void {
    const target = join(this.#folder, file);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
}

export function isCode({ language }: DocBlock): boolean {
  return language in EXTENSIONS;
}

export function isTest({ file }: DocBlock): boolean {
  return file !== undefined && /\.test\.tsx?$/.test(file);
}

function fileOf({ file, line, language }: DocBlock): string {
  return file ?? `line-${line}.${EXTENSIONS[language]}`;
}

function node(cwd: string, ...args: string[]) {
  return spawnSync(process.execPath, args, { cwd, encoding: 'utf8', timeout: 280_000 });
}
