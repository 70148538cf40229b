import { expect, test } from 'vitest';
import { parseAst } from 'vitest/node';
import { read } from './repository.js';

// docs/api, which TypeDoc writes. The full run writes it once more, and compares; here the names have to be the same.

/** The page of each entry, by its source. */
const pages = {
  'src/index.ts': 'next-app-session',
  'src/redis.ts': 'next-app-session.redis',
  'studio/index.ts': 'next-app-session.studio',
  'testing/index.ts': 'next-app-session.testing',
  'testing/playwright.ts': 'next-app-session.testing.playwright',
  'testing/server.ts': 'next-app-session.testing.server',
};

test.each(Object.entries(pages))('every export of %s is in docs/api, and nothing else', (source, page) => {
  const headings = [...read(`docs/api/${page}.md`).matchAll(/^## (\w+)/gm)].map(([, name = '']) => name);
  expect(headings.toSorted(), 'run "npm run api"').toEqual(exportsOf(source).toSorted());
});

/** Returns the names that a module exports. */
function exportsOf(source: string): string[] {
  const { body } = parseAst(read(source), { lang: 'ts', sourceType: 'module' }, source);
  return body.flatMap((node) => {
    if (node.type !== 'ExportNamedDeclaration') return [];
    const { declaration, specifiers } = node;
    if (declaration && 'id' in declaration && declaration.id && 'name' in declaration.id) {
      return [declaration.id.name];
    }
    return specifiers.flatMap(({ exported }) => ('name' in exported ? [exported.name] : []));
  });
}
