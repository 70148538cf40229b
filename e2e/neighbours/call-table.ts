import { read } from '../package/repository.js';

/** One row of the table of calls in a page of docs/from-….md, as code. */
export interface Call {
  readonly theirs: string;
  readonly ours: string;
}

const TABLE = /^## Calls$[\s\S]*?(?=^## )/m;
/** Code in both cells, or at least the start of it. */
const BEGUN_ROW = /^\| `.*?` \| `.*/gm;
const ROW = /^\| `([^`]+)` \| `([^`]+)` \|/;
/** Our calls that have a value. */
const READ = /\b(get|has|all|id|list|revokeAll)\(/;

/** Returns the rows that have code in both cells. */
export function callsOf(page: string): Call[] {
  const [table = ''] = TABLE.exec(read(page)) ?? [];
  const calls = (table.match(BEGUN_ROW) ?? []).map((line) => {
    const [, theirs = '', ours = ''] = ROW.exec(line) ?? [];
    if (!ours) throw new Error(`${page}: each cell of code has to be code alone: ${line}`);
    return { theirs, ours };
  });
  if (calls.length === 0) throw new Error(`${page} has no table of calls.`);
  return calls;
}

/**
 * Returns a module that exports each cell of one column as a function, in the array `rows`. The functions of both columns have a
 * value in the same rows.
 *
 * @param head the imports that the cells need.
 * @param scope the parameter of the functions, with what the cells use.
 */
export function rowsModule(calls: readonly Call[], side: keyof Call, head: string, scope = ''): string {
  const functions = calls.map(
    (call) => `  async (${scope}) => { ${bodyOf(call[side], READ.test(call.ours))} },\n`,
  );
  return `${head}\n\nexport const rows = [\n${functions.join('')}];\n`;
}

function bodyOf(code: string, isRead: boolean): string {
  // A callback as Node has them: of an error, if there is one.
  if (/\bnext\b/.test(code)) {
    return `await new Promise((resolve, reject) => { const next = (error) => error ? reject(error) : resolve(); ${code}; });`;
  }
  return isRead ? `return (${code});` : `${code};`;
}
