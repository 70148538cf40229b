import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readManifest, requiredPackages, root } from './repository.js';

/** What npm would publish, unpacked into an empty folder outside the repository. */
export class PackedPackage {
  /** An app with nothing but the package and what it asks for. */
  readonly app = mkdtempSync(join(tmpdir(), 'next-app-session-'));
  readonly folder = join(this.app, 'node_modules/next-app-session');
  readonly tarball: string;

  constructor() {
    // Without scripts: `prepack` would build while other tests read dist.
    const pack = ['pack', '--ignore-scripts', '--silent', '--pack-destination', this.app];
    const file = execFileSync('npm', pack, { cwd: root, encoding: 'utf8' }).trim();
    this.tarball = join(this.app, file);
    execFileSync('tar', ['-xzf', this.tarball, '-C', this.app]);
    mkdirSync(dirname(this.folder));
    renameSync(join(this.app, 'package'), this.folder);
    for (const name of requiredPackages(readManifest())) this.#link(name);
  }

  /** Every file, relative to the package. */
  files(): string[] {
    return readdirSync(this.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(this.folder.length + 1))
      .sort();
  }

  /** Runs a module's text in the app with Node, and gives what it printed. */
  run(kind: 'module' | 'commonjs', code: string, ...nodeOptions: string[]): string {
    const args = [...nodeOptions, `--input-type=${kind}`, '--eval', code];
    return execFileSync(process.execPath, args, { cwd: this.app, encoding: 'utf8' });
  }

  /** Compiles a module's text in the app, as a bundler's app is. Returns the complaints of tsc, or an empty text. */
  compile(code: string, ...tscOptions: string[]): string {
    writeFileSync(join(this.app, 'compiled.ts'), code);
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const own = [
      '--noEmit',
      '--strict',
      '--skipLibCheck',
      '--module',
      'esnext',
      '--moduleResolution',
      'bundler',
    ];
    const args = [tsc, 'compiled.ts', ...own, ...tscOptions];
    return spawnSync(process.execPath, args, { cwd: this.app, encoding: 'utf8' }).stdout;
  }

  remove(): void {
    rmSync(this.app, { recursive: true, force: true });
  }

  #link(name: string): void {
    const link = join(this.app, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), link);
  }
}
