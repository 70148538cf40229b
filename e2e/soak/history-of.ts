import type { History, HistoryChange, HistoryOperation } from 'next-app-session/testing';
import { LAG_MS, type LossWindow } from './loss-windows.js';
import type { SessionEvent, SessionLife } from './session-events.js';

/**
 * Returns the life of a session as a history: the session is a register of tags. Brief sessions have none: each read of them may or may
 * not restart the timeout, so the promises alone say what they must not do.
 */
export function historyOf(life: SessionLife, windows: readonly LossWindow[]): History {
  if (life.isBrief) return [];
  const losses = windows.map(({ from, to }) => ({ kind: 'loss', since: from - LAG_MS, from, to }) as const);
  return [...life.events.flatMap((event) => operationsOf(event, life.name)), ...losses];
}

function operationsOf(event: SessionEvent, key: string): HistoryOperation[] {
  const { client: process, calledAt: called, returnedAt: returned, isKnown, effect } = event;
  if (effect.is === 'read') {
    const saw = effect.saw?.tag ?? null;
    return isKnown ? [{ key, process, called, returned, outcome: 'ok', kind: 'read', saw }] : [];
  }
  const change = changeOf(event);
  if (!change) return [];
  const call = { key, process, called, ...change };
  const operation: HistoryOperation = isKnown
    ? { ...call, returned, outcome: 'ok' }
    : { ...call, outcome: 'unknown' };
  if (effect.is !== 'end' || effect.readableMs === 0) return [operation];
  // What is left under the old ID also goes with the session, under its new one.
  return [operation, { key, process, called, kind: 'remove', outcome: 'unknown' }];
}

function changeOf({ effect, returnedAt }: SessionEvent): HistoryChange | null {
  switch (effect.is) {
    case 'begin':
      return { kind: 'swap', from: null, to: effect.value.tag };
    case 'swap':
      return { kind: 'swap', from: effect.from.tag, to: effect.to.tag };
    case 'write':
      return { kind: 'replace', value: effect.tag };
    case 'end': {
      if (!effect.from) return { kind: 'remove' };
      const from = effect.from.tag;
      const until = returnedAt + effect.readableMs;
      return effect.readableMs > 0
        ? { kind: 'swap', from, to: from, ...(Number.isFinite(until) && { until }) }
        : { kind: 'swap', from, to: null };
    }
    case 'keep':
    case 'read':
      return null;
  }
}
