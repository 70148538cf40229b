import { posix } from 'node:path';
import { parseAst } from 'vitest/node';

export interface Import {
  readonly specifier: string;
  /** Gone after compilation. `import { type A }` is not: it still loads the module. */
  readonly typeOnly: boolean;
}

/** Every module that a source names: import, export from, import(), require() and import types. */
export function importsOf(file: string, source: string): Import[] {
  const lang = /\.[cm]?tsx?$/.test(file) ? (file.endsWith('x') ? 'tsx' : 'ts') : 'jsx';
  const found: Import[] = [];
  visit(parseAst(source, { lang, sourceType: 'module' }, file), found);
  return found;
}

/** The file that a relative import of a file names, both without extension; undefined for a package. */
export function localTarget(file: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  return withoutExtension(posix.join(posix.dirname(file), specifier));
}

export function withoutExtension(file: string): string {
  return file.replace(/(\.d)?\.[cm]?[jt]sx?$/, '');
}

function visit(node: unknown, found: Import[]): void {
  if (Array.isArray(node)) for (const item of node) visit(item, found);
  if (!isNode(node)) return;
  const specifier = literal(node.source) ?? requiredModule(node);
  if (specifier !== undefined) {
    const typeOnly = [node.importKind, node.exportKind].includes('type') || node.type === 'TSImportType';
    found.push({ specifier, typeOnly });
  }
  for (const value of Object.values(node)) visit(value, found);
}

type Node = Record<string, unknown> & { type: string };

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value;
}

function literal(node: unknown): string | undefined {
  return isNode(node) && node.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined;
}

function requiredModule(node: Node): string | undefined {
  const { type, callee, arguments: args } = node;
  if (type !== 'CallExpression' || !isNode(callee) || callee.name !== 'require') return undefined;
  return Array.isArray(args) ? literal(args[0]) : undefined;
}
