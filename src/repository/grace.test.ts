import { describe, expect, it } from 'vitest';
import { MAX_COPIES } from '../record/grace-copy.js';
import { BLANK, type Session } from '../record/record.js';
import type { Renewal } from '../record/renewal.js';
import { graceCopyOf, listedCopy, successorFor } from './grace.js';
import type { LiveSession, SessionRef } from './session-ref.js';

const NOW = 1_800_000_000_000;
const GRACE = 5000;

const lease: Renewal = { is: 'leased', key: 'token', holder: 'holder', until: 0, ms: 30_000 };

function live(session: Partial<Session> = {}): LiveSession {
  const whole = { ...BLANK, ...session };
  return { is: 'live', id: 'id', key: 'key', session: whole, version: 'v1', isOutdated: false };
}

/** The place of the old record, on a store that ends idle sessions by the date of the record, or itself. */
function place(about: { expiry?: 'store'; canBeSuperseded?: boolean } = {}): SessionRef {
  const { expiry, canBeSuperseded = true } = about;
  const operation = { context: { clock: { now: () => NOW } } };
  return { key: 'old', store: { expiry }, canBeSuperseded, operation } as unknown as SessionRef;
}

const copyOf = (ref: SessionRef, old: Partial<Session> = {}, next: Partial<Session> = {}, graceMs = GRACE) =>
  graceCopyOf(ref, live(old), { ...BLANK, ...next }, graceMs);

describe('a grace copy', () => {
  it('lasts for the grace period', () => {
    expect(copyOf(place())).toEqual({ key: 'old', until: NOW + GRACE });
    expect(copyOf(place(), { expiresAt: NOW + 2 * GRACE })).toEqual({ key: 'old', until: NOW + GRACE });
  });

  it('ends with the session that it shows, by the date of its record', () => {
    expect(copyOf(place(), { expiresAt: NOW + 1 })?.until).toBe(NOW + 1);
  });

  it('lasts for the grace period where the store knows the end of the session, and the date is outdated', () => {
    expect(copyOf(place({ expiry: 'store' }), { expiresAt: NOW + 1 })?.until).toBe(NOW + GRACE);
  });

  it('is not left without a grace period, where it could be written, or after a user has left', () => {
    const entries = [{ user: 'ada', id: 'entry', until: NOW }];
    expect(copyOf(place(), {}, {}, 0)).toBeNull();
    expect(copyOf(place({ canBeSuperseded: false }))).toBeNull();
    expect(copyOf(place(), { entries })).toBeNull();
    expect(copyOf(place(), { entries }, { entries })).not.toBeNull();
  });

  it('is the last one that a session may have', () => {
    const copies = (count: number) => ({ graceCopies: Array(count).fill({ key: 'older', until: NOW }) });
    expect(copyOf(place(), {}, copies(MAX_COPIES - 1))).not.toBeNull();
    expect(copyOf(place(), {}, copies(MAX_COPIES))).toBeNull();
  });
});

describe('where the session is now', () => {
  it('is said by the old record only while somebody renews a key', () => {
    const copy = { key: 'old', until: NOW + GRACE };
    expect(successorFor(live(), live(), copy, NOW)).toBeNull();
    expect(successorFor(live({ renewals: [lease] }), live(), null, NOW)).toEqual({
      key: 'key',
      until: NOW + lease.ms,
    });
  });

  it('is said for as long as the lease or the grace copy lasts', () => {
    const renewing = live({ renewals: [lease] });
    const until = (copyUntil: number) =>
      successorFor(renewing, live(), { key: 'old', until: copyUntil }, NOW)?.until;
    expect(until(NOW + 1)).toBe(NOW + lease.ms);
    expect(until(NOW + lease.ms + 1)).toBe(NOW + lease.ms + 1);
  });

  it('keeps the copy in the list of its session for as long as its record is there', () => {
    const copy = { key: 'old', until: NOW + GRACE };
    expect(listedCopy(copy, live(), NOW)).toEqual(copy);
    expect(listedCopy(copy, live({ renewals: [lease] }), NOW)).toEqual({ key: 'old', until: NOW + lease.ms });
    const late = { key: 'old', until: NOW + lease.ms + 1 };
    expect(listedCopy(late, live({ renewals: [lease] }), NOW)).toEqual(late);
  });
});
