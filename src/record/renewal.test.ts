import { describe, expect, it } from 'vitest';
import { CLOCK_SKEW_MS } from './expiry.js';
import { type GraceCopy, mayRemain } from './grace-copy.js';
import {
  formatRenewal,
  longestLease,
  MAX_LEASE_MS,
  mayMatter,
  parseRenewals,
  type Renewal,
  renewalOf,
  withRenewal,
} from './renewal.js';

const NOW = 1_800_000_000_000;
const lease = (key: string, ms = 1000): Renewal => ({ key, holder: 'h', until: NOW, is: 'leased', ms });
const renewed = (key: string): Renewal => ({ key, holder: 'h', until: NOW, is: 'renewed' });

describe('a record', () => {
  it('has one renewal of a key: the last', () => {
    const renewals = withRenewal([lease('a'), lease('b')], renewed('a'));
    expect(renewals).toEqual([lease('b'), renewed('a')]);
    expect(renewalOf(renewals, 'a')).toEqual(renewed('a'));
    expect(renewalOf(renewals, 'c')).toBeUndefined();
  });

  it('remembers all that are under way, and the last eight that have ended', () => {
    const ended = Array.from({ length: 10 }, (_, n) => renewed(`ended-${n}`));
    const renewals = withRenewal([...ended, lease('a'), lease('b')], renewed('c'));
    expect(renewals).toEqual([lease('a'), lease('b'), ...ended.slice(2), renewed('c')]);
  });

  it('knows its longest lease', () => {
    expect(longestLease([lease('a', 5), lease('b', 9), renewed('c')])).toBe(9);
    expect(longestLease([renewed('c')])).toBe(0);
  });

  it('tells of a renewal or a grace copy until no clock of a server can ask for it', () => {
    const until = NOW - CLOCK_SKEW_MS;
    for (const still of [
      (at: number) => mayMatter({ ...renewed('a'), until: at }, NOW),
      (at: number) => mayRemain({ key: 'k', until: at } satisfies GraceCopy, NOW),
    ]) {
      expect([still(until), still(until + 1)]).toEqual([false, true]);
    }
  });
});

describe('renewals in a hostile record', () => {
  it.each([
    ['no array', 'text'],
    ['no key', [[7, 'h', 1]]],
    ['no holder', [['k', null, 1]]],
    ['no end', [['k', 'h']]],
    ['an end that is a text', [['k', 'h', '1']]],
    ['an endless end', [['k', 'h', Number.POSITIVE_INFINITY]]],
    ['a lease of no length', [['k', 'h', 1, 0]]],
    ['a lease of negative length', [['k', 'h', 1, -1]]],
    ['a lease that is too long', [['k', 'h', 1, MAX_LEASE_MS + 1]]],
    ['a failure without a name', [['k', 'h', 1, { code: 'E' }]]],
    ['a failure that is no object', [['k', 'h', 1, 'E']]],
    ['a failure that is null', [['k', 'h', 1, null]]],
    ['a renewal that is no array', [{ key: 'k' }, null, 7]],
  ])('are left out: %s', (_, raw) => {
    expect(parseRenewals(raw, NOW)).toEqual([]);
  });

  it('may have the longest lease, and a failure with a code or without', () => {
    const about = { key: 'k', holder: 'h', until: NOW + 1 };
    const failures = [{ name: 'N' }, { name: 'N', code: 7 }, { name: 'N', code: 'E' }];
    const renewals: Renewal[] = [
      { ...about, is: 'leased', ms: MAX_LEASE_MS },
      { ...about, is: 'renewed' },
      ...failures.map((failure) => ({ ...about, is: 'failed' as const, failure })),
    ];
    const raw = renewals.map((renewal) => formatRenewal(renewal, (time) => time - NOW));
    expect(parseRenewals(raw, NOW)).toEqual(renewals);
    expect(parseRenewals([['k', 'h', 1, { name: 'N', code: {}, stack: 'secret' }]], NOW)).toEqual([
      { ...about, is: 'failed', failure: { name: 'N' } },
    ]);
  });

  it('are read up to a number of 64: the last ones count', () => {
    const raw = Array.from({ length: 1000 }, (_, n) => [`k${n}`, 'h', 1]);
    const keys = parseRenewals(raw, NOW).map(({ key }) => key);
    expect([keys.length, keys[0], keys.at(-1)]).toEqual([64, 'k936', 'k999']);
  });
});
