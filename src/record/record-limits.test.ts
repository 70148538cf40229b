import { describe, expect, it } from 'vitest';
import { MAX_DEPTH } from '../lib/json.js';
import { CLOCK_SKEW_MS, MAX_LIFETIME_S } from './expiry.js';
import { MAX_COPIES } from './grace-copy.js';
import { readRecord, recordedIn } from './read-record.js';
import {
  BLANK,
  formatRecord,
  formatSuperseded,
  parseRecord,
  type RecordLayout,
  type Session,
  type Successor,
} from './record.js';
import { RecordSeal } from './record-seal.js';
import { msToLive } from './time-to-live.js';

const NOW = 1_800_000_000_000;
const DAY = 86_400_000;
const KEY = 'K'.repeat(43);
const compact: RecordLayout = { key: KEY, name: 'sid', lifetimeMs: DAY, shared: null };
const shared: RecordLayout = { ...compact, shared: { httpOnly: true, path: '/', secure: true } };
const context = {
  key: KEY,
  names: ['sid'],
  policy: { idleMs: DAY, absoluteMs: null, touchAfterMs: 60_000 },
  now: NOW,
  keeper: 'record',
  maxBytes: null,
  seal: null,
} as const;

const visitor: Session = { ...BLANK, createdAt: NOW, lastSeenAt: NOW, expiresAt: NOW + DAY };
const stored = (record: object) => JSON.parse(JSON.stringify(record));
const withMore = (more: object) => ({ __session: [2, 'sid', null, NOW, 0, 0, null, more] });

describe('the own lifetime that a record gives its session', () => {
  it.each([1, 0.5, MAX_LIFETIME_S, 'browser'])('counts: %s', (maxAge) => {
    expect(parseRecord(withMore({ maxAge }), KEY)).toMatchObject({ session: { maxAge } });
  });

  it.each([0, -1, MAX_LIFETIME_S + 1, '60', null, Number.NaN])('does not count: %s', (maxAge) => {
    expect(parseRecord(withMore({ maxAge }), KEY)).toMatchObject({ session: { maxAge: null } });
  });

  it.each([1000, MAX_LIFETIME_S * 1000])('is that of express-session: %s ms', (originalMaxAge) => {
    const record = { cookie: { originalMaxAge, expires: NOW } };
    expect(parseRecord(record, KEY)).toMatchObject({
      session: { maxAge: originalMaxAge / 1000, lastSeenAt: NOW - originalMaxAge },
    });
  });

  it.each([0, -1, MAX_LIFETIME_S * 1000 + 1000, '1000', null])(
    'does not count where express-session could not have it: %s ms',
    (originalMaxAge) => {
      const record = { cookie: { originalMaxAge, expires: NOW } };
      expect(parseRecord(record, KEY)).toMatchObject({ session: { maxAge: null, lastSeenAt: null } });
    },
  );
});

describe('a record', () => {
  it('names at most as many grace copies as a session may have', () => {
    const copies = Array.from({ length: 100_000 }, (_, n) => [`copy-${n}`, DAY]);
    expect(parseRecord(withMore({ copies }), KEY)).toMatchObject({
      session: { graceCopies: { length: MAX_COPIES } },
    });
  });

  it('has data as deep as an app may store, and no deeper', () => {
    const nested = (levels: number) => ({ n: JSON.parse('['.repeat(levels) + ']'.repeat(levels)) });
    expect(parseRecord(nested(MAX_DEPTH), KEY)).toMatchObject({ is: 'session' });
    expect(parseRecord(nested(MAX_DEPTH + 1), KEY)).toBe(null);
  });

  it('has no date that is not finite: 1e999 in JSON', () => {
    const session = JSON.parse(`[2,"sid",null,${NOW},1e999,1e999,1e999]`);
    expect(parseRecord({ __session: session }, KEY)).toMatchObject({
      session: { lastSeenAt: null, cookieSentAt: null, regeneratedAt: null },
    });
    expect(parseRecord({ __session: JSON.parse('[2,"sid",null,1e999]') }, KEY)).toBe(null);
  });

  it('whose format is a text does not count as one of a later version', () => {
    expect(parseRecord({ __session: ['3', 'sid', null, NOW] }, KEY)).toBe(null);
    expect(parseRecord({ __session: { format: '3', name: 'sid' } }, KEY)).toMatchObject({ name: null });
  });

  it('with a cookie that has no date has not expired', () => {
    expect(parseRecord({ cookie: {} }, KEY)).toMatchObject({ session: { expiresAt: null } });
    expect(readRecord({ record: { cookie: {} } }, context)).toMatchObject({ is: 'live', isOutdated: false });
  });

  it('keeps the date of a new ID if there is nothing else to tell', () => {
    const session = { ...visitor, regeneratedAt: NOW };
    expect(parseRecord(stored(formatRecord(session, compact)), KEY)).toMatchObject({ session });
  });

  it('of a grace copy without a successor says only that it is one', () => {
    const { data, createdAt, lastSeenAt, entries, nonce } = visitor;
    const copy = { data, createdAt, lastSeenAt, entries, nonce, expiresAt: NOW, successor: null };
    expect(formatSuperseded(copy, compact).__session).toEqual([
      ...[2, compact.name, nonce, createdAt, Number(lastSeenAt) - Number(createdAt)],
      ...[null, null, { superseded: true }],
    ]);
  });

  it('that express-session shares names its key only for an entry', () => {
    expect(stored(formatRecord(visitor, shared)).__session).not.toHaveProperty('indexedKey');
  });
});

describe('a record that is too large', () => {
  const record = { n: 'x'.repeat(1000) };
  const stateOf = (maxBytes: number | null, size?: number) =>
    readRecord({ record, size }, { ...context, maxBytes });
  const TOO_LARGE = { is: 'rejected', reason: 'too_large' };

  it('is eight times as large as one that may be written, by the size that the store says', () => {
    expect(stateOf(100, 800)).toMatchObject({ is: 'live' });
    expect(stateOf(100, 801)).toEqual(TOO_LARGE);
  });

  it('or by its JSON, if the store says nothing', () => {
    expect(stateOf(127)).toMatchObject({ is: 'live' });
    expect(stateOf(126)).toMatchObject({ is: 'live' });
    expect(stateOf(125)).toEqual(TOO_LARGE);
  });

  it.each(['none', Number.NaN, -Infinity, {}, null])('or by its JSON, if the store says %j', (size) => {
    expect(stateOf(126, size as never)).toMatchObject({ is: 'live' });
    expect(stateOf(125, size as never)).toEqual(TOO_LARGE);
  });

  it('has no upper bound without a limit', () => {
    expect(stateOf(null, 1e9)).toMatchObject({ is: 'live' });
    expect(stateOf(null)).toMatchObject({ is: 'live' });
    // Nor is it measured.
    expect(readRecord({ record: { n: 1n } }, context)).toMatchObject({ is: 'live' });
  });

  it('is not opened if its sealed text is too long', () => {
    const seal = new RecordSeal(() => ['an encryption key of 32 letters, or of some more'], ['sid']);
    const sealed = seal.seal(formatRecord({ ...visitor, data: record }, compact), KEY);
    const stateOf = (maxBytes: number) => readRecord({ record: sealed }, { ...context, seal, maxBytes });
    expect(stateOf(10_000)).toMatchObject({ is: 'live' });
    expect(stateOf(150)).toEqual(TOO_LARGE);
  });
});

it('a sealed record is told from a later format where nothing opens it', () => {
  const record = { __session: 's1.AAAA' };
  expect(readRecord({ record }, context)).toEqual({ is: 'rejected', reason: 'sealed' });
});

it('a record that the store could not read is rejected, and one that is not there counts as absent', () => {
  expect(readRecord({ record: null, unreadable: true }, context)).toEqual({
    is: 'rejected',
    reason: 'unreadable',
  });
  expect(readRecord({ record: null }, context)).toEqual({ is: 'none' });
  expect(readRecord({ record: undefined }, context)).toEqual({ is: 'none' });
  expect(readRecord({ record: 7 }, context)).toEqual({ is: 'rejected', reason: 'unreadable' });
});

describe('a grace copy', () => {
  const { data, createdAt, lastSeenAt, entries } = visitor;
  const shown = { data, createdAt, lastSeenAt, entries, nonce: 'a-nonce', expiresAt: NOW + 10 };
  const stateOf = (successor: Successor | null, now: number) => {
    const record = stored(formatSuperseded({ ...shown, successor }, compact));
    return readRecord({ record }, { ...context, keeper: 'store', now });
  };

  it('is shown until its end, though the store keeps what is not used, and is nothing then', () => {
    const session = { ...shown, successor: null };
    expect(stateOf(null, NOW + 9)).toEqual({ is: 'superseded', session });
    expect(stateOf(null, NOW + 10)).toEqual({ is: 'none' });
  });

  it('says where its session is for longer, by the clock of any server', () => {
    const successor = { key: 'the-new-key', until: NOW + 20 };
    const session = { ...shown, successor };
    const last = NOW + 20 + CLOCK_SKEW_MS;
    expect(stateOf(successor, NOW + 9)).toEqual({ is: 'superseded', session });
    expect(stateOf(successor, NOW + 10)).toEqual({ is: 'none', moved: session });
    expect(stateOf(successor, last - 1)).toEqual({ is: 'none', moved: session });
    expect(stateOf(successor, last)).toEqual({ is: 'none' });
  });

  it('is what a record holds of a session, like a session that is alive or not', () => {
    const successor = { key: 'the-new-key', until: NOW + 20 };
    const nonceAt = (now: number) => recordedIn(stateOf(successor, now))?.nonce;
    expect([NOW, NOW + 10, NOW + DAY].map(nonceAt)).toEqual(['a-nonce', 'a-nonce', undefined]);
    const record = stored(formatRecord({ ...visitor, nonce: 'a-nonce' }, compact));
    for (const now of [NOW, NOW + DAY]) {
      expect(recordedIn(readRecord({ record }, { ...context, now }))).toMatchObject({ nonce: 'a-nonce' });
    }
    expect(recordedIn(readRecord({ record: 7 }, context))).toBeUndefined();
  });
});

describe('a store keeps a record', () => {
  it.each([
    ['until its date', { expires: NOW + 10 }, 10],
    ['for its lifetime if it has no date', { expires: null, originalMaxAge: 7.5 }, 8],
    ['for its lifetime if its date cannot be read', { expires: 'soon', originalMaxAge: 7 }, 7],
    ['for a day if it says nothing', {}, DAY],
  ])('%s', (_, cookie, ms) => {
    expect(msToLive({ cookie } as never, NOW)).toBe(ms);
  });

  it('for a day if it has no cookie', () => {
    expect(msToLive({}, NOW)).toBe(DAY);
  });
});
