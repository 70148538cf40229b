import { describe, expect, it, vi } from 'vitest';
import { resolveOptions } from '../options/options.js';
import { BLANK, type Session } from '../record/record.js';
import { userKey } from '../record/user-key.js';
import { applyChange, type Change, isSlideOnly } from './change.js';

const options = resolveOptions<{ user?: string }, object>({ user: ({ user }) => user });

function entryOf(user: string) {
  return { user: userKey('sid', user) ?? '', id: 'entry', until: 9e12 };
}

/** A session of ada, with the lifetime that she chose. */
const OF_ADA: Session = { ...BLANK, data: { user: 'ada' }, entries: [entryOf('ada')], maxAge: 600 };

const toBob: Change = (session) => ({ ...session, data: { user: 'bob' } });

describe('a change by which a session passes to another user', () => {
  it('is applied to a session without the lifetime and the date of the cookie', () => {
    expect(applyChange({ ...OF_ADA, cookieSentAt: 1 }, toBob, options)).toMatchObject({
      data: { user: 'bob' },
      maxAge: null,
      cookieSentAt: null,
    });
  });

  it('is applied once if the session has no lifetime to lose, and leaves the date of the cookie', () => {
    const change = vi.fn(toBob);
    const session: Session = { ...OF_ADA, maxAge: null, cookieSentAt: 1 };
    expect(applyChange(session, change, options)).toMatchObject({ data: { user: 'bob' }, cookieSentAt: 1 });
    expect(change).toHaveBeenCalledTimes(1);
  });
});

it('a change that changes nothing stays one, though the session has another user than its entry says', () => {
  const session: Session = { ...OF_ADA, data: { user: 'bob' } };
  expect(applyChange(session, (same) => same, options)).toBe(session);
});

describe('a change of the dates only', () => {
  it.each<[string, Partial<Session>, boolean]>([
    ['the dates', { expiresAt: 1, lastSeenAt: 1 }, true],
    ['the lifetime', { maxAge: 'browser' }, false],
    ['the date of the cookie', { cookieSentAt: 1 }, false],
    ['an entry', { entries: [entryOf('bob')] }, false],
  ])('is told from one of more: %s', (_, change, isSlide) => {
    expect(isSlideOnly(OF_ADA, { ...OF_ADA, ...change })).toBe(isSlide);
  });
});
