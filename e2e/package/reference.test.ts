import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { read, root } from './repository.js';

/** Where docs/reference.md names the members of a type. */
interface Place {
  readonly type: string;
  readonly heading: string;
  /** Which table below the heading. */
  readonly table?: number;
  /** The names are in the braces of this row; else they begin the rows. */
  readonly row?: string;
}

const PLACES: readonly Place[] = [
  { type: 'core.AppSession', heading: 'Methods' },
  { type: 'core.SessionHandler', heading: 'Methods' },
  { type: 'core.Lifetime', heading: 'Methods', row: 'regenerate' },
  { type: 'core.Lifetime', heading: 'Methods', row: 'touch' },
  { type: 'core.SessionInfo', heading: 'Methods', row: 'info' },
  { type: 'core.Options', heading: 'Options' },
  { type: 'core.CookieOptions', heading: 'The cookie' },
  { type: 'core.UserSessions', heading: 'The sessions of a user' },
  { type: 'core.ListOptions', heading: 'The sessions of a user', row: 'list' },
  { type: 'core.UserSession', heading: 'The sessions of a user', table: 1 },
  { type: 'core.MemoryStoreOptions', heading: 'The options of stores' },
  { type: 'redis.RedisStoreOptions', heading: 'The options of stores', table: 1 },
  { type: 'redis.Serializer', heading: 'The options of stores', table: 1, row: 'serializer' },
  { type: 'sql.SqlStoreOptions', heading: 'The options of stores', table: 2 },
  { type: 'core.PromisifyOptions', heading: 'The options of stores', table: 4 },
];

const reference = read('docs/reference.md');
const folder = join(root, '.tmp/reference');

test('docs/reference.md has every method and option of the types, and no others', () => {
  expect(compare(reference)).toBe('');
});

test('a name that is missing or superfluous is found', () => {
  const wrong = reference
    .replace(/^\| `reload\(\)` .*\n/m, '')
    .replace(/^\| `name` /m, '| `rolling` | | |\n$&')
    .replace('{ limit, cursor }', '{ limit }');
  const complaints = compare(wrong).match(/Type '"\w+"'|Property '\w+' is missing/g);
  expect(complaints).toEqual([
    "Property 'reload' is missing",
    "Property 'reload' is missing",
    'Type \'"rolling"\'',
    "Property 'cursor' is missing",
  ]);
});

/** Returns what tsc says against the names in the tables, or an empty text. */
function compare(markdown: string): string {
  const checks = PLACES.map((place) => check(place.type, namesAt(markdown, place)));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: COMPILER_OPTIONS }));
  writeFileSync(join(folder, 'check.ts'), `${IMPORTS}${checks.join('')}`);
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const args = [tsc, '--pretty', 'false'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  return status === 0 ? '' : `${stdout}${stderr}` || 'tsc crashed';
}

const IMPORTS = `import type * as core from 'next-app-session';
import type * as redis from 'next-app-session/redis';
import type * as sql from 'next-app-session/sql';
`;

const COMPILER_OPTIONS = {
  module: 'esnext',
  moduleResolution: 'bundler',
  moduleDetection: 'force',
  strict: true,
  skipLibCheck: true,
  noEmit: true,
  types: ['node'],
};

/** Returns code that compiles if the names are the members of the type. Blocks keep the checks apart. */
function check(type: string, names: readonly string[]): string {
  return `{
  type Listed = ${names.map((name) => `'${name}'`).join(' | ')};
  const superfluous: keyof ${type} = null! as Listed;
  const missing: Record<Exclude<keyof ${type}, Listed>, true> = {};
}
`;
}

function namesAt(markdown: string, { heading, table = 0, row }: Place): string[] {
  const section = markdown.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const [, , ...rows] = [...section.matchAll(/(?:^\|.*\n)+/gm)][table]?.[0].trimEnd().split('\n') ?? [];
  if (!row) return rows.map(nameOf);
  const [, inBraces = ''] = /\{ ([\w, ]+) \}/.exec(rows.find((line) => nameOf(line) === row) ?? '') ?? [];
  return inBraces.split(', ');
}

/** Returns the name that a row begins with: of `get(key)` it is `get`. */
function nameOf(row: string): string {
  return /^\| `(\w+)/.exec(row)?.[1] ?? '';
}
