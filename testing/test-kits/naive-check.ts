import type { HistoryEntry, HistoryLoss, HistoryOperation } from '../history/history.js';

interface Held {
  readonly value: string | null;
  readonly until: number;
}

const isSame = (a: Held, b: Held) => a.value === b.value && a.until === b.until;

const NOTHING: Held = { value: null, until: Number.POSITIVE_INFINITY };

/**
 * Returns whether a history of one key is linearizable, in the slowest way: it tries each order, at each whole millisecond. For few
 * operations, whose times are small whole numbers.
 */
export function isLinearizableNaively(history: readonly HistoryEntry[], tolerance = 0): boolean {
  const operations = history.filter((entry): entry is HistoryOperation => entry.kind !== 'loss');
  const losses = history.filter((entry): entry is HistoryLoss => entry.kind === 'loss');
  const last =
    Math.max(
      ...history.map((entry) => (entry.kind === 'loss' ? entry.to : (entry.returned ?? entry.called))),
    ) + 1;
  const tried = new Set<string>();

  /** @param past what was held, with the time when it was replaced */
  function goesOn(
    now: number,
    held: Held,
    left: readonly HistoryOperation[],
    past: readonly (Held & { at: number })[],
  ): boolean {
    if (left.every(({ outcome }) => outcome === 'unknown')) return true;
    const name = JSON.stringify([now, held, left, losses.length > 0 && past]);
    if (now > last || tried.has(name)) return false;
    tried.add(name);
    const become = (next: Held, others: readonly HistoryOperation[]) =>
      goesOn(now, next, others, [...past.filter((was) => !isSame(was, held)), { ...held, at: now }]);
    for (const one of left) {
      if (one.called > now || (one.outcome !== 'unknown' && Number(one.returned) < now)) continue;
      const others = left.filter((other) => other !== one);
      // At the very end of a value both are possible.
      if (held.value === null || held.until + tolerance >= now) {
        const next = effect(one, held);
        if (next && become(next, others)) return true;
      }
      if (held.value !== null && held.until - tolerance <= now) {
        const next = effect(one, NOTHING);
        if (next && become(next, others)) return true;
      }
    }
    const canLose = losses.filter(({ from, to }) => from <= now && now <= to);
    for (const lost of past) {
      const isRecent = canLose.some(({ since }) => lost.at >= since);
      if (isRecent && lost.value !== held.value && become({ value: lost.value, until: lost.until }, left))
        return true;
    }
    return goesOn(now + 1, held, left, past);
  }
  return goesOn(0, NOTHING, operations, []);
}

function effect(operation: HistoryOperation, held: Held): Held | null {
  const { kind, outcome } = operation;
  const isThere = held.value !== null;
  const until = ('until' in operation ? operation.until : undefined) ?? Number.POSITIVE_INFINITY;
  if (kind === 'read') return held.value === operation.saw ? held : null;
  if (outcome === 'refused') {
    if (kind === 'swap') return held.value === operation.from ? null : held;
    return kind === 'write' || kind === 'remove' || !isThere ? held : null;
  }
  if (kind === 'write') return { value: operation.value, until };
  if (kind === 'remove') return NOTHING;
  if (kind === 'replace') return isThere ? { value: operation.value, until } : null;
  if (kind === 'swap') return held.value === operation.from ? { value: operation.to, until } : null;
  return isThere ? { value: held.value, until } : held;
}
