import { describe, expect, it } from 'vitest';
import { type ExpiryPolicy, isExpired, isStale, lifetimeMs, retryMs, slide } from './expiry.js';
import { BLANK, type Session } from './record.js';

const NOW = 1_800_000_000_000;
const HOUR = 3_600_000;
const POLICY: ExpiryPolicy = { idleMs: HOUR, absoluteMs: null, touchAfterMs: 60_000 };
const LIMITED: ExpiryPolicy = { ...POLICY, absoluteMs: 10 * HOUR };

const session = (times: Partial<Session> = {}): Session => ({ ...BLANK, createdAt: NOW, ...times });
const entriesUntil = (...ends: number[]) => ends.map((until) => ({ user: 'u', id: 'e', until }));

describe('a session lives unused', () => {
  it('for the idle timeout of the options, or for its own', () => {
    expect(lifetimeMs(session(), POLICY)).toBe(HOUR);
    expect(lifetimeMs(session({ maxAge: 'browser' }), POLICY)).toBe(HOUR);
    expect(lifetimeMs(session({ maxAge: 60 }), POLICY)).toBe(60_000);
  });

  it('until the millisecond of its date, which a store may keep instead', () => {
    const ends = session({ expiresAt: NOW + 1 });
    expect([isExpired(ends, POLICY, NOW, 'record'), isExpired(ends, POLICY, NOW + 1, 'record')]).toEqual([
      false,
      true,
    ]);
    expect(isExpired(ends, POLICY, NOW + HOUR, 'store')).toBe(false);
    expect(isExpired(session(), POLICY, NOW + HOUR, 'record')).toBe(false);
  });
});

describe('a session ends', () => {
  it('at the absolute timeout after its creation, whether the record or the store keeps the idle one', () => {
    for (const keeper of ['record', 'store'] as const) {
      const isOver = (now: number) => isExpired(session(), LIMITED, now, keeper);
      expect([isOver(NOW + 10 * HOUR - 1), isOver(NOW + 10 * HOUR)]).toEqual([false, true]);
    }
  });

  it('at no absolute timeout without that option, or without a date of creation', () => {
    expect(isExpired(session(), POLICY, NOW * 2, 'store')).toBe(false);
    expect(isExpired(session({ createdAt: null }), LIMITED, NOW * 2, 'store')).toBe(false);
  });
});

describe('a read slides the idle timeout', () => {
  const fresh = { lastSeenAt: NOW, expiresAt: NOW + HOUR };

  it.each([
    ['touchAfter has passed', POLICY, 60_000],
    ['half of a lifetime that is shorter has passed', { ...POLICY, idleMs: 60_000 }, 30_000],
  ])('when %s, by any clock', (_, policy, ms) => {
    const seen = session({ lastSeenAt: NOW, expiresAt: NOW });
    expect([isStale(seen, policy, NOW + ms - 1), isStale(seen, policy, NOW + ms)]).toEqual([false, true]);
    expect([isStale(seen, policy, NOW - ms + 1), isStale(seen, policy, NOW - ms)]).toEqual([false, true]);
  });

  it('when the record lacks one of the dates', () => {
    expect(isStale(session(fresh), POLICY, NOW)).toBe(false);
    expect(isStale(session({ ...fresh, lastSeenAt: null }), POLICY, NOW)).toBe(true);
    expect(isStale(session({ ...fresh, expiresAt: null }), POLICY, NOW)).toBe(true);
  });

  it('when the record grants more than the options do by now', () => {
    const granted = (ms: number) => session({ lastSeenAt: NOW, expiresAt: NOW + ms });
    expect(isStale(granted(HOUR + 60_000), POLICY, NOW)).toBe(false);
    expect(isStale(granted(HOUR + 60_001), POLICY, NOW)).toBe(true);
  });

  it('and tries again after touchAfter, or after an eighth of a short lifetime', () => {
    expect(retryMs(session(), POLICY)).toBe(60_000);
    expect(retryMs(session({ maxAge: 80 }), POLICY)).toBe(10_000);
  });
});

describe('a session that is seen now', () => {
  it('keeps its creation, and lives for its lifetime again', () => {
    const later = NOW + HOUR / 2;
    const slid = slide(session({ nonce: 'n' }), POLICY, later);
    expect(slid).toEqual(session({ nonce: 'n', lastSeenAt: later, expiresAt: later + HOUR }));
  });

  it('gets a creation if it had none, from which the absolute timeout counts', () => {
    const policy = { ...POLICY, absoluteMs: HOUR / 2 };
    const slid = slide(session({ createdAt: null }), policy, NOW);
    expect(slid).toMatchObject({ createdAt: NOW, expiresAt: NOW + HOUR / 2 });
  });

  it('never lives past its absolute end, or past the first of its entries', () => {
    const late = NOW + 9.5 * HOUR;
    expect(slide(session(), LIMITED, late).expiresAt).toBe(NOW + 10 * HOUR);
    const entries = entriesUntil(late + 2, late + 1);
    expect(slide(session({ entries }), LIMITED, late).expiresAt).toBe(late + 1);
  });
});
