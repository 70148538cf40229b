import type { SessionState } from '../seen/seen-session.js';
import { bytes } from './format.js';

/** What is shown of a session beside its data, in this order. */
export const FACTS = ['User', 'Listed', 'Created', 'Last seen', 'Ends', 'Size'] as const;

/** A fact in words; an empty text for what is not known. */
interface Fact {
  readonly title: (typeof FACTS)[number];
  readonly text: string;
}

/** @param isHidden whether to leave out what comes from the data. */
export function factsOf(state: SessionState, isHidden: boolean): readonly Fact[] {
  const texts = textsOf(state, isHidden);
  return FACTS.map((title) => ({ title, text: texts?.[title] ?? '' }));
}

function textsOf(state: SessionState, isHidden: boolean): Record<Fact['title'], string> | undefined {
  if (state.is !== 'live' && state.is !== 'expired') return undefined;
  const { users, listed, createdAt, lastSeenAt, expiresAt, size } = state;
  const value = (text: string) => (isHidden && text !== '' ? '•••' : text);
  return {
    User: value(users.join(', ')),
    Listed: value(Object.keys(listed).length > 0 ? JSON.stringify(listed) : ''),
    Created: dateOf(createdAt),
    'Last seen': dateOf(lastSeenAt),
    Ends: dateOf(expiresAt),
    Size: bytes(size),
  };
}

function dateOf(at: number | null): string {
  return at === null ? '' : new Date(at).toLocaleString(undefined, { hour12: false });
}
