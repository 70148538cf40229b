import { type DocBlock, docBlocks } from './doc-blocks.js';
import { read } from './repository.js';

/** The pages that show one app together: each goes on from those before it. */
export const APP_PAGES = ['README.md', 'docs/sessions.md', 'docs/recipes.md', 'docs/protect.md'] as const;

/** What the docs show for tests. */
const FOR_TESTS = /^(tests|e2e)\/|^(vitest|jest|playwright)\./;

/** Returns the files of the app that these pages show. A later page replaces the files of an earlier one. */
export function appFiles(pages: readonly string[]): (DocBlock & { readonly file: string })[] {
  const files = new Map<string, DocBlock & { readonly file: string }>();
  for (const block of pages.flatMap((page) => docBlocks(read(page)))) {
    const { file } = block;
    if (file && !FOR_TESTS.test(file)) files.set(file, { ...block, file });
  }
  return [...files.values()];
}
