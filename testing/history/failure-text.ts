import type { HistoryOperation } from './history.js';
import { ANYTHING, NOTHING } from './register.js';
import type { Part } from './smallest-part.js';
import type { Steps } from './steps.js';

/** Returns a part of a history as text: a line for each operation, and what is impossible. */
export function failureText(
  part: Part,
  names: Steps['names'],
  { key, of }: { key: string | null; of: number },
): string {
  const first = Math.min(...part.steps.map(({ called }) => called));
  const lines = part.steps.map(({ operation }) => [
    operation.process,
    time(operation, first),
    told(operation, first),
  ]);
  const where = key === null ? '' : ` of ${name(key)}`;
  return [
    `The history${where} is not linearizable. ${part.steps.length} of its ${of} operations show it (times in ms):`,
    ...columns(lines),
    `Impossible: ${sentence(part, names, first)}`,
  ].join('\n');
}

function sentence({ steps, impossible }: Part, names: Steps['names'], first: number): string {
  const { step, possible } = impossible;
  const { operation, expects, outcome } = step;
  const did = `${operation.process} ${told(operation, first)}`;
  const isWritten = steps.some(({ writes }) => writes === expects);
  if (expects !== undefined && expects > NOTHING && outcome === 'ok' && !isWritten) {
    return `${did}, which nobody had written.`;
  }
  const held = possible.filter((value) => value !== ANYTHING).sort((a, b) => b - a);
  const texts = held.map((value) => (value === NOTHING ? 'nothing' : nameOf(names[value])));
  return `${did}, but from ${ms(step.called - first)} to ${ms(step.returned - first)} there was only ${either(texts)}.`;
}

/** What an operation did, and how it ended. */
function told(operation: HistoryOperation, first: number): string {
  if (operation.kind === 'read') return `read ${value(operation.saw)}`;
  const { outcome } = operation;
  if (outcome === 'refused') return `was refused to ${infinitive(operation, first)}`;
  if (outcome === 'unknown') return `called to ${infinitive(operation, first)}, and got no answer`;
  switch (operation.kind) {
    case 'write':
      return `wrote ${name(operation.value)}${end(operation.until, first)}`;
    case 'replace':
      return `replaced what was there by ${name(operation.value)}${end(operation.until, first)}`;
    case 'swap':
      return `swapped ${value(operation.from)} for ${value(operation.to)}${end(operation.until, first)}`;
    case 'touch':
      return `moved the end${end(operation.until, first)}`;
    case 'remove':
      return 'removed it';
  }
}

function infinitive(operation: Exclude<HistoryOperation, { kind: 'read' }>, first: number): string {
  switch (operation.kind) {
    case 'write':
      return `write ${name(operation.value)}${end(operation.until, first)}`;
    case 'replace':
      return `replace what was there by ${name(operation.value)}${end(operation.until, first)}`;
    case 'swap':
      return `swap ${value(operation.from)} for ${value(operation.to)}${end(operation.until, first)}`;
    case 'touch':
      return `move the end${end(operation.until, first)}`;
    case 'remove':
      return 'remove it';
  }
}

function end(until: number | undefined, first: number): string {
  return until === undefined ? '' : ` (until ${ms(until - first)})`;
}

function time({ called, outcome, returned }: HistoryOperation, first: number): string {
  const until = outcome === 'unknown' || returned === undefined ? '?' : ms(returned - first);
  return `${ms(called - first)} – ${until}`;
}

function ms(time: number): string {
  return String(Math.round(time * 100) / 100);
}

function value(text: string | null): string {
  return text === null ? 'nothing' : name(text);
}

function name(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

function nameOf(text: string | null | undefined): string {
  return text == null ? 'a value that nobody saw' : name(text);
}

function either(texts: readonly string[]): string {
  return texts.length < 2 ? (texts[0] ?? 'nothing') : `${texts.slice(0, -1).join(', ')} or ${texts.at(-1)}`;
}

/** Aligns the first two of three columns. */
function columns(lines: readonly string[][]): string[] {
  const widths = [0, 1].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines.map((line) => `  ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`);
}
