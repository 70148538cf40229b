import type { SessionState } from '../seen/seen-session.js';
import { bytes, exactTime, relativeTime } from './format.js';

/** What is shown of a session beside its data, in this order. */
export const FACTS = ['User', 'Listed', 'Created', 'Last seen', 'Ends', 'Data size'] as const;

/** A fact in words; an empty text for what is not known. */
export interface Fact {
  readonly title: (typeof FACTS)[number];
  readonly text: string;
  /** The same in full, if the text is shorter. */
  readonly full?: string;
}

/**
 * @param isHidden whether to leave out what comes from the data.
 * @param now of the sessions, in epoch milliseconds.
 */
export function factWords(state: SessionState, isHidden: boolean, now: number): readonly Fact[] {
  const known = knownOf(state, isHidden, now);
  return FACTS.map((title) => ({ title, text: '', ...known?.[title] }));
}

type Words = Omit<Fact, 'title'>;

function knownOf(
  state: SessionState,
  isHidden: boolean,
  now: number,
): Record<Fact['title'], Words> | undefined {
  if (state.is !== 'live' && state.is !== 'expired') return undefined;
  const { users, listed, createdAt, lastSeenAt, expiresAt, size } = state;
  const value = (text: string) => ({ text: isHidden && text !== '' ? '•••' : text });
  const time = (at: number | null) =>
    at === null ? { text: '' } : { text: relativeTime(at, now), full: exactTime(at) };
  return {
    User: value(users.join(', ')),
    Listed: value(Object.entries(listed).map(wordsOf).join(', ')),
    Created: time(createdAt),
    'Last seen': time(lastSeenAt),
    Ends: time(expiresAt),
    'Data size': { text: bytes(size) },
  };
}

function wordsOf([key, value]: [string, unknown]): string {
  return `${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`;
}
