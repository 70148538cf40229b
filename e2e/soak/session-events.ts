import type { Attempt, Call, Line, Return, Value } from './journal.js';

/** What an operation means for one session. What was refused has no effect, and is not here. */
export type Effect =
  | { readonly is: 'begin'; readonly value: Value }
  | { readonly is: 'read'; readonly saw: Value | null }
  | { readonly is: 'swap'; readonly from: Value; readonly to: Value }
  /** What was counted stays. */
  | { readonly is: 'write'; readonly tag: string }
  /** By a sign-out, a revocation, or a new ID, which takes along what it has seen. */
  | { readonly is: 'end'; readonly by: string; readonly from: Value | null; readonly readableMs: number }
  /** Restarts the idle timeout. */
  | { readonly is: 'keep' };

export interface SessionEvent {
  readonly client: string;
  readonly calledAt: number;
  /** Infinity if its process was killed before. */
  readonly returnedAt: number;
  /** An unknown one may have taken effect at any time since its call, or never. */
  readonly isKnown: boolean;
  readonly effect: Effect;
}

/** All that happened to the session that one ID leads to. */
export interface SessionLife {
  readonly name: string;
  readonly isBrief: boolean;
  readonly user: string | null;
  /** The session that it was before it got its ID. */
  readonly before: string | null;
  readonly events: SessionEvent[];
}

interface Operation {
  readonly call: Call;
  readonly attempt: Attempt | undefined;
  readonly end: Return | undefined;
}

/**
 * Returns the lives of all sessions, from what the processes wrote down.
 *
 * @param readableMs for how long an ID that was replaced can still be read.
 */
export function livesOf(journals: readonly (readonly Line[])[], readableMs: number): SessionLife[] {
  const operations = journals.flatMap(operationsOf);
  const lives = new Map<string, SessionLife>();
  for (const { call, end } of operations) {
    if (!end?.began) continue;
    const { session: name, user, isBrief } = end.began;
    const before = call.kind === 'regenerate' ? call.session : null;
    lives.set(name, { name, user, isBrief, before, events: [begins(call, end, end.began.value)] });
  }
  for (const operation of operations) {
    const life = lives.get(operation.call.session ?? '');
    // Where the session passes from one user to another, the old ID leads to nothing at once.
    const { user = life?.user } = operation.call;
    const isReadable = life?.user === null || user === life?.user;
    const effect = effectOf(operation, isReadable ? readableMs : 0);
    if (effect && life) life.events.push(event(operation, effect));
    if (life && operation.call.kind === 'destroy') endNewIds(operation, life, lives);
  }
  for (const operation of operations) if (operation.call.kind === 'revoke') revoke(operation, lives);
  for (const { events } of lives.values()) events.sort((a, b) => a.calledAt - b.calledAt);
  return [...lives.values()];
}

function operationsOf(lines: readonly Line[]): Operation[] {
  const attempts = new Map<number, Attempt>();
  const returns = new Map<number, Return>();
  const calls: Call[] = [];
  for (const line of lines) {
    if (line.is === 'call') calls.push(line);
    // Only the last attempt may have been written: the library has seen that the others were not.
    else if (line.is === 'attempt') attempts.set(line.op, line);
    else returns.set(line.op, line);
  }
  return calls.map((call) => ({ call, attempt: attempts.get(call.op), end: returns.get(call.op) }));
}

const begins = ({ client, at }: Call, end: Return, value: Value): SessionEvent => ({
  client,
  calledAt: at,
  returnedAt: end.at,
  isKnown: true,
  effect: { is: 'begin', value },
});

function event({ call, end }: Operation, effect: Effect, isKnown = true): SessionEvent {
  return {
    client: call.client,
    calledAt: call.at,
    returnedAt: end?.at ?? Number.POSITIVE_INFINITY,
    isKnown: isKnown && end?.outcome === 'ok',
    effect,
  };
}

/** Returns what an operation did to the session that it was called on. */
function effectOf({ call, attempt, end }: Operation, readableMs: number): Effect | undefined {
  if (end?.outcome === 'refused') return undefined;
  const nothing: Effect = { is: 'read', saw: null };
  switch (call.kind) {
    case 'read':
      return end && { is: 'read', saw: end.saw ?? null };
    case 'set':
      return end?.began ? nothing : { is: 'write', tag: call.tag };
    case 'update':
      if (!attempt) return undefined;
      return attempt.from && attempt.to ? { is: 'swap', from: attempt.from, to: attempt.to } : nothing;
    case 'regenerate':
      if (!attempt) return undefined;
      return attempt.from ? { is: 'end', by: 'regenerate', from: attempt.from, readableMs } : nothing;
    case 'touch':
      return { is: 'keep' };
    case 'destroy':
      return { is: 'end', by: 'destroy', from: null, readableMs: 0 };
    case 'create':
    case 'revoke':
      return undefined;
  }
}

/** Adds the end of the IDs that the session gets during a sign-out: the sign-out may end these too. */
function endNewIds(operation: Operation, old: SessionLife, lives: ReadonlyMap<string, SessionLife>): void {
  const { call, end } = operation;
  for (const life of lives.values()) {
    const [begin] = life.events;
    if (life.before !== old.name || !begin) continue;
    if (begin.calledAt > (end?.at ?? Number.POSITIVE_INFINITY) || begin.returnedAt < call.at) continue;
    life.events.push(event(operation, { is: 'end', by: 'destroy', from: null, readableMs: 0 }, false));
    endNewIds(operation, life, lives);
  }
}

/**
 * Adds the end of the user's sessions: a known one where the user had signed in before, and an unknown one where that was at the same
 * time. A revocation that fails may have ended some of them.
 */
function revoke(operation: Operation, lives: ReadonlyMap<string, SessionLife>): void {
  const { call, end } = operation;
  for (const life of lives.values()) {
    const lastAt = Math.max(...life.events.map(({ returnedAt, calledAt }) => Math.max(calledAt, returnedAt)));
    if (life.user !== call.user || lastAt < call.at) continue;
    const beganAt = life.events[0]?.calledAt ?? 0;
    if (beganAt > (end?.at ?? Number.POSITIVE_INFINITY)) continue;
    life.events.push(
      event(
        operation,
        { is: 'end', by: 'revokeAll', from: null, readableMs: 0 },
        signedInAt(life, lives) < call.at,
      ),
    );
  }
}

/** Returns when the user had signed in, under the first ID that the session had since. */
function signedInAt(life: SessionLife, lives: ReadonlyMap<string, SessionLife>): number {
  const before = lives.get(life.before ?? '');
  if (before?.user === life.user) return signedInAt(before, lives);
  return life.events[0]?.returnedAt ?? Number.POSITIVE_INFINITY;
}
