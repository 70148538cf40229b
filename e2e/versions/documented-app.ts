import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { docBlocks } from '../package/doc-blocks.js';
import { appFiles } from '../package/doc-pages.js';
import { read } from '../package/repository.js';
import { NextApp } from './next-app.js';
import { documented, documentedStores } from './variants.js';

/** Files by their paths in an app. */
export type Files = Readonly<Record<string, string>>;

/** What new apps have. A page that shows more replaces it. */
export const CONFIG = {
  'next.config.ts': 'export default { cacheComponents: true, partialPrefetching: true };\n',
};

/** A store of docs/stores.md: a function that returns it, or a class. */
const STORE = /^export (?:async )?(function|class) (\w+Store)\b/m;

/**
 * Returns the files of these pages as readers see them. What they show for tests is left to e2e/package/docs.test.ts: Next would
 * only compile it.
 */
export function filesOf(...pages: readonly string[]): Files {
  return Object.fromEntries(appFiles(pages).map(({ file, code }) => [file, code]));
}

/** Returns the session modules of docs/migration.md. Each is one app's `lib/session.ts`, so here each has its own name. */
export function migratedSessions(): Files {
  const blocks = docBlocks(read('docs/migration.md')).filter(({ language }) => language === 'ts');
  return Object.fromEntries(blocks.map(({ code }, at) => [`lib/migrated-${at + 1}-session.ts`, code]));
}

/** The sessions that the recipes in these files make, by the names of their files. */
export interface Recipes {
  readonly names: readonly string[];
  /** The module that has them, for `documented-stores`. */
  readonly module: string;
}

export function recipesIn(files: Files): Recipes {
  const imports: string[] = [];
  const sessions: string[] = [];
  const names: string[] = [];
  for (const [file, code] of Object.entries(files)) {
    const [, name = ''] = /^lib\/([\w-]+-(?:store|session))\.ts$/.exec(file) ?? [];
    if (!name) continue;
    const local = `session${names.push(name)}`;
    const [, kind, store] = STORE.exec(code) ?? [];
    imports.push(`import { ${store ?? 'session'} as ${local} } from './${name}';`);
    const made = kind === 'class' ? `() => new ${local}()` : local;
    sessions.push(`'${name}': ${store ? `nextAppSession({ secret, store: ${made} })` : local},`);
  }
  const lines = [
    "import nextAppSession, { type NextAppSession } from 'next-app-session';",
    ...imports,
    'const secret = process.env.SESSION_SECRET;',
    `export const sessions: Record<string, NextAppSession> = { ${sessions.join('\n')} };`,
  ];
  return { names, module: `${lines.join('\n')}\n` };
}

/** Builds the app of these files, with the session modules of its recipes if there are any. */
export async function buildDocumented(
  tarball: string,
  files: Files,
  settings: Record<string, string> = {},
): Promise<NextApp> {
  const app = new NextApp('lib/recipes.ts' in files ? documentedStores : documented);
  await buildFiles(app, tarball, { ...CONFIG, ...files }, settings);
  return app;
}

/** Builds an app of these files and the sources of its variant. */
export async function buildFiles(
  app: NextApp,
  tarball: string,
  files: Files,
  settings: Record<string, string> = {},
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'documented-'));
  try {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
    await app.build(tarball, folder, settings);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
