import type { Effect, SessionEvent, SessionLife } from './session-events.js';
import { BRIEF_MS } from './visits.js';

/** What a session must not do, with what shows it. */
export interface Broken {
  readonly promise: string;
  readonly shownBy: readonly SessionEvent[];
}

/** The timers of stores round, and a process reads its clock a moment before it calls. */
export const TOLERANCE_MS = 100;

type Check = (events: readonly SessionEvent[], life: SessionLife) => Broken | null;

/** Returns the first promise that these events of a session break. They are in the order of their calls. */
export function brokenPromise(events: readonly SessionEvent[], life: SessionLife): Broken | null {
  for (const check of checks) {
    const broken = check(events, life);
    if (broken) return broken;
  }
  return null;
}

const is = <Is extends Effect['is']>(
  event: SessionEvent,
  ...kinds: Is[]
): event is SessionEvent & { effect: Extract<Effect, { is: Is }> } =>
  (kinds as string[]).includes(event.effect.is);

/** Returns what an event has seen of the session, if it tells that. */
function seen({ effect, isKnown }: SessionEvent) {
  if (!isKnown) return null;
  if (effect.is === 'read') return effect.saw;
  return effect.is === 'swap' || effect.is === 'end' ? effect.from : null;
}

function written({ effect }: SessionEvent): string | null {
  if (effect.is === 'begin') return effect.value.tag;
  if (effect.is === 'swap') return effect.to.tag;
  return effect.is === 'write' ? effect.tag : null;
}

const nothingComesBack: Check = (events) => {
  const ends = events.filter((event) => is(event, 'end'));
  const known = ends.filter(({ isKnown }) => isKnown);
  for (const event of events) {
    if (seen(event) === null && !(event.isKnown && is(event, 'write'))) continue;
    const end = known.find(
      (other) => other.returnedAt < event.calledAt && !ends.some((move) => isInGrace(event, move, other)),
    );
    if (end) return { promise: 'a session that has ended does not come back', shownBy: [end, event] };
  }
  return null;
};

/** Whether a read may still see what the session was when it got a new ID. A sign-out under the old ID does not change that. */
function isInGrace({ effect, calledAt }: SessionEvent, move: SessionEvent, end: SessionEvent): boolean {
  if (!is(move, 'end') || !is(end, 'end') || effect.is !== 'read') return false;
  const { readableMs, from } = move.effect;
  if (move !== end && (end.effect.by !== 'destroy' || end.returnedAt < move.calledAt)) return false;
  return (
    effect.saw?.tag === from?.tag && calledAt < move.returnedAt + readableMs + TOLERANCE_MS && readableMs > 0
  );
}

const noUpdateIsLost: Check = (events) => {
  const next = new Map<string, SessionEvent>();
  for (const event of events) {
    if (!event.isKnown || is(event, 'read')) continue;
    const from = seen(event);
    if (!from) continue;
    const other = next.get(from.tag);
    if (other)
      return {
        promise: 'of two changes of the same value, one fails or begins again',
        shownBy: [other, event],
      };
    next.set(from.tag, event);
  }
  return null;
};

const nothingIsInvented: Check = (events, life) => {
  const tags = new Set(life.events.map(written));
  const event = events.find((other) => {
    const value = seen(other);
    return value !== null && !tags.has(value.tag);
  });
  return event ? { promise: 'a write that was refused, or given up, is never seen', shownBy: [event] } : null;
};

const readsAreFresh: Check = (events) => {
  const writes = events.filter((event) => event.isKnown && written(event) !== null);
  const byReturn = writes.toSorted((a, b) => a.returnedAt - b.returnedAt);
  const writers = new Map(events.flatMap((event) => (written(event) ? [[written(event), event]] : [])));
  let latest: SessionEvent | undefined;
  let at = 0;
  for (const event of events) {
    for (; (byReturn[at]?.returnedAt ?? Number.POSITIVE_INFINITY) < event.calledAt; at++) {
      const write = byReturn[at];
      if (write && write.calledAt > (latest?.calledAt ?? 0)) latest = write;
    }
    const value = seen(event);
    const writer = value && writers.get(value.tag);
    // The first that is seen after a failover counts as a write, and may have been written by another one before.
    if (latest && writer && written(latest) !== value.tag && writer.returnedAt < latest.calledAt) {
      return {
        promise: 'what was acknowledged is seen by all who ask after it',
        shownBy: [writer, latest, event],
      };
    }
  }
  return null;
};

/** How long the session is there without being used, for sure. */
const livesOn = ({ isBrief }: SessionLife) => (isBrief ? BRIEF_MS - TOLERANCE_MS : Number.POSITIVE_INFINITY);

const nothingVanishes: Check = (events, life) => {
  let used: SessionEvent | undefined;
  const uses = events
    .filter((event) => event.isKnown && is(event, 'begin', 'swap', 'write'))
    .toSorted((a, b) => a.returnedAt - b.returnedAt);
  const ends = events.filter((event) => is(event, 'end'));
  let at = 0;
  for (const event of events) {
    for (; (uses[at]?.returnedAt ?? Number.POSITIVE_INFINITY) < event.calledAt; at++) {
      if ((uses[at]?.calledAt ?? 0) > (used?.calledAt ?? 0)) used = uses[at];
    }
    const isMissing = event.isKnown && is(event, 'read') && event.effect.saw === null;
    if (!isMissing || !used || event.returnedAt > used.calledAt + livesOn(life)) continue;
    if (ends.some(({ calledAt }) => calledAt < event.returnedAt)) continue;
    return { promise: 'a session that nobody has ended is there', shownBy: [used, event] };
  }
  return null;
};

const whatIsNotUsedEnds: Check = (events, life) => {
  if (!life.isBrief) return null;
  let last: SessionEvent | undefined;
  for (const event of events) {
    if (last && seen(event) && event.calledAt > endOf(last) + TOLERANCE_MS) {
      return { promise: 'a session that nobody has used ends', shownBy: [last, event] };
    }
    // What is unknown may have used it at any time.
    if (!last || endOf(event) > endOf(last)) last = event;
  }
  return null;
};

/** Returns until when an event lets a brief session be seen. */
function endOf(event: SessionEvent): number {
  return event.returnedAt + (is(event, 'end') ? Math.max(event.effect.readableMs, BRIEF_MS) : BRIEF_MS);
}

const everyUpdateCounts: Check = (events) => {
  const [begin] = events.filter((event) => is(event, 'begin'));
  if (!begin || !is(begin, 'begin')) return null;
  const updates = events.filter((event) => is(event, 'swap'));
  const later = updates.filter(({ isKnown, calledAt }) => isKnown && calledAt > begin.returnedAt);
  const returns = later.map(({ returnedAt }) => returnedAt);
  returns.sort((a, b) => a - b);
  for (const event of events) {
    const value = seen(event);
    // What began before may have seen less.
    if (!value || event.calledAt < begin.returnedAt) continue;
    const least = begin.effect.value.n + before(returns, event.calledAt);
    const most = begin.effect.value.n + updates.filter(({ calledAt }) => calledAt < event.returnedAt).length;
    if (value.n < least || value.n > most) {
      const promise = `each acknowledged update counts once: here ${value.n}, and not from ${least} to ${most}`;
      return { promise, shownBy: [begin, event] };
    }
  }
  return null;
};

/** Returns how many of the sorted numbers are smaller. */
function before(sorted: readonly number[], limit: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

const checks: readonly Check[] = [
  nothingComesBack,
  noUpdateIsLost,
  nothingIsInvented,
  readsAreFresh,
  nothingVanishes,
  whatIsNotUsedEnds,
  everyUpdateCounts,
];
