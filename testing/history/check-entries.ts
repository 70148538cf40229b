import { SessionError } from '../../src/lib/errors.js';
import type { History, HistoryEntry } from './history.js';

const KINDS = ['read', 'write', 'replace', 'swap', 'touch', 'remove', 'loss'];
const OUTCOMES = ['ok', 'refused', 'unknown'];

/** Throws for an entry that means nothing, with its index. */
export function checkEntries(history: History): void {
  if (!Array.isArray(history)) throw wrong('give an array of operations.');
  history.forEach((entry, index) => {
    const fault = faultOf(entry);
    if (fault) throw wrong(`entry ${index}: ${fault}`);
  });
}

/** Throws for what is no number, and for one below zero. */
export function checkTolerance(tolerance: unknown): void {
  if (typeof tolerance === 'number' && tolerance >= 0 && tolerance < Number.POSITIVE_INFINITY) return;
  throw wrong('option expiryTolerance: give milliseconds, 0 or more.');
}

function faultOf(entry: HistoryEntry): string | null {
  if (typeof entry !== 'object' || entry === null) return 'give an object.';
  const { kind, key } = entry;
  if (!KINDS.includes(kind)) return `the kind ${String(kind)} does not exist. There are ${KINDS.join(', ')}.`;
  if (key !== undefined && typeof key !== 'string') return 'key is not a text.';
  if (kind === 'loss') {
    const { since, from, to } = entry;
    if (![since, from, to].every(Number.isFinite)) return 'since, from and to of a loss are milliseconds.';
    return since <= from && from <= to ? null : 'since, from and to of a loss are not in this order.';
  }
  return callFault(entry) ?? changeFault(entry);
}

type Operation = Exclude<HistoryEntry, { kind: 'loss' }>;

function callFault({ kind, process, called, outcome, returned }: Operation): string | null {
  if (typeof process !== 'string') return 'process is not a text.';
  if (!Number.isFinite(called)) return 'called is no time in milliseconds.';
  if (!OUTCOMES.includes(outcome)) {
    return `the outcome ${String(outcome)} does not exist. There are ${OUTCOMES.join(', ')}.`;
  }
  if (kind === 'read' && outcome !== 'ok') return 'a read that failed says nothing. Leave it out.';
  if (returned === undefined && outcome === 'unknown') return null;
  if (!Number.isFinite(returned))
    return 'returned is no time in milliseconds. Without an answer, the outcome is unknown.';
  return Number(returned) < called ? 'it returned before it was called.' : null;
}

function changeFault(entry: Operation): string | null {
  if (entry.kind === 'read') return isValue(entry.saw) ? null : 'saw is neither a text nor null.';
  if (entry.kind === 'swap' && !(isValue(entry.from) && isValue(entry.to))) {
    return 'from and to of a swap are a text or null.';
  }
  if ((entry.kind === 'write' || entry.kind === 'replace') && typeof entry.value !== 'string') {
    return 'value is not a text.';
  }
  const until: unknown = 'until' in entry ? entry.until : undefined;
  return until === undefined || Number.isFinite(until) ? null : 'until is no time in milliseconds.';
}

function isValue(value: unknown): boolean {
  return value === null || typeof value === 'string';
}

function wrong(message: string): SessionError {
  return new SessionError('ERR_SESSION_TESTING', `checkHistory: ${message}`);
}
