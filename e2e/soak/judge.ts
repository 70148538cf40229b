import { checkHistory, type HistoryVerdict } from 'next-app-session/testing';
import { historyOf } from './history-of.js';
import { LAG_MS, type LossWindow, lossWindows } from './loss-windows.js';
import { type Broken, brokenPromise, TOLERANCE_MS } from './promises.js';
import type { Past, Run } from './run.js';
import { livesOf, type SessionEvent, type SessionLife } from './session-events.js';
import { GRACE_MS } from './visits.js';

export interface Verdict {
  readonly sessions: number;
  /** How many sessions lost something that was acknowledged, where Redis' own failover may lose it. */
  readonly losses: number;
  readonly failures: readonly string[];
}

/** Checks what the processes wrote down of every session: as a history, and by the promises. */
export function judge({ app, journals, faults }: Run): Verdict {
  const windows = lossWindows(faults);
  const lives = livesOf(journals, app.hasGrace ? GRACE_MS : 0);
  let losses = 0;
  const failures: string[] = [];
  for (const life of lives) {
    const history = checked(life, windows);
    const broken = brokenPromise(life.events, life);
    const pieces = windows.length > 0 ? piecesOf(life, windows) : [life.events];
    const failed = broken && pieces.map((piece) => brokenPromise(piece, life)).find(Boolean);
    if (failed) failures.push(toText(life, failed, faults));
    else if (history.failure) failures.push(`Session ${life.name}:\n${history.failure.text}`);
    else if (broken || history.losses > 0) losses += 1;
  }
  return { sessions: lives.length, losses, failures };
}

/** Checks the history of a session. Losses make the search long, so they count only where nothing else explains it. */
function checked(life: SessionLife, windows: readonly LossWindow[]): HistoryVerdict {
  const options = { expiryTolerance: TOLERANCE_MS };
  const verdict = checkHistory(historyOf(life, []), options);
  const met = windows.filter(({ from, to }) =>
    life.events.some(({ calledAt, returnedAt }) => calledAt <= to && returnedAt >= from - LAG_MS),
  );
  return verdict.failure && met.length > 0 ? checkHistory(historyOf(life, met), options) : verdict;
}

/**
 * Returns what happened before, between and after the times in which a failover may lose writes. What began in such a time
 * has no promise, and what is there after it is where the next piece begins. What goes on at the edge of a piece may or may not be in it.
 */
function piecesOf({ events }: SessionLife, windows: readonly LossWindow[]): SessionEvent[][] {
  const starts = [Number.NEGATIVE_INFINITY, ...windows.map(({ to }) => to)];
  return starts.map((start, index) => {
    const end = (windows[index]?.from ?? Number.POSITIVE_INFINITY) - LAG_MS;
    const piece = events.flatMap((event) => {
      if (event.isKnown && (event.returnedAt < start || event.calledAt > end)) return [];
      const isInside = event.calledAt > start && event.returnedAt < end;
      return isInside || !event.isKnown ? [event] : [{ ...event, isKnown: false }];
    });
    return index === 0 ? piece : afresh(piece);
  });
}

/** What is known of a session after a loss begins with the first that saw it. */
function afresh(piece: readonly SessionEvent[]): SessionEvent[] {
  const first = piece.find(({ isKnown, effect }) => isKnown && effect.is === 'read' && effect.saw !== null);
  if (first?.effect.is !== 'read' || first.effect.saw === null) return [...piece];
  const begin: SessionEvent = { ...first, effect: { is: 'begin', value: first.effect.saw } };
  return [
    begin,
    ...piece.filter((event) => event !== first && (event.returnedAt > first.calledAt || !event.isKnown)),
  ];
}

function toText(
  { name, events }: SessionLife,
  { promise, shownBy }: Broken,
  faults: readonly Past[],
): string {
  const start = Math.min(...shownBy.map(({ calledAt }) => calledAt));
  const end = Math.max(
    ...shownBy.map(({ returnedAt, calledAt }) => (Number.isFinite(returnedAt) ? returnedAt : calledAt)),
  );
  const shown = new Set(shownBy);
  const near = events.filter((event) => event.calledAt <= end && event.returnedAt >= start);
  const context = near.length <= 40 ? near : near.filter((event) => shown.has(event));
  const lines = context.map((event) => `  ${shown.has(event) ? '>' : ' '} ${lineOf(event, start)}`);
  const past = faults
    .filter(({ from, to }) => from <= end && to >= start)
    .map((fault) => `    ${fault.name}, ${ms(fault.from - start)} to ${ms(fault.to - start)}`);
  return [`Session ${name}: ${promise}.`, ...lines, ...past].join('\n');
}

const ms = (time: number) => `${time.toFixed(1)} ms`;

function lineOf({ client, calledAt, returnedAt, isKnown, effect }: SessionEvent, start: number): string {
  const until = Number.isFinite(returnedAt) ? ms(returnedAt - start) : 'killed';
  return `${client.padEnd(9)} ${ms(calledAt - start)} to ${until}: ${what(effect)}${isKnown ? '' : ', outcome unknown'}`;
}

function what(effect: SessionEvent['effect']): string {
  const value = (of: { tag: string; n: number } | null) => (of ? `${of.tag} (n ${of.n})` : 'nothing');
  switch (effect.is) {
    case 'begin':
      return `began with ${value(effect.value)}`;
    case 'read':
      return `saw ${value(effect.saw)}`;
    case 'swap':
      return `changed ${value(effect.from)} to ${value(effect.to)}`;
    case 'write':
      return `wrote ${effect.tag}`;
    case 'end':
      return `ended it by ${effect.by}${effect.from ? `, at ${value(effect.from)}` : ''}`;
    case 'keep':
      return 'used it';
  }
}
