import { SqlStore } from 'next-app-session/sql';
import { expect, test } from 'vitest';
import { docBlocks } from './doc-blocks.js';
import { read } from './repository.js';

const page = read('docs/sql.md');

test.each([
  ['postgresql', 'SQL for PostgreSQL'],
  ['mysql', 'SQL for MySQL and MariaDB'],
  ['sqlite', 'SQL for SQLite'],
] as const)(
  'the tables that docs/sql.md shows are those that migrate() creates, in %s',
  async (dialect, heading) => {
    expect(sqlBelow(heading)).toBe((await sentBy(dialect)).map((text) => `${text};\n`).join(''));
  },
);

/** Returns the statements that create what is missing. */
async function sentBy(dialect: 'postgresql' | 'mysql' | 'sqlite'): Promise<string[]> {
  const sent: string[] = [];
  const query = async (text: string) => {
    if (text.startsWith('SELECT') && sent.length === 0) throw new Error('no such table');
    if (text.startsWith('SELECT')) return { rows: [] };
    sent.push(text);
    return { rows: [] };
  };
  await new SqlStore({ client: { query }, dialect }).migrate();
  return sent.map(withoutLock);
}

/** Returns the statements of a block of PostgreSQL, which takes a lock first. */
function withoutLock(text: string): string {
  return text.replace(/^DO \$\$ BEGIN\nPERFORM pg_advisory_xact_lock\(.*\);\n([\s\S]*);\nEND \$\$$/, '$1');
}

function sqlBelow(heading: string): string | undefined {
  const [, section = ''] = page.split(`\n### ${heading}\n`);
  return docBlocks(section).find(({ language }) => language === 'sql')?.code;
}
