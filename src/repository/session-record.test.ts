import { describe, expect, it } from 'vitest';
import { type Options, resolveOptions } from '../options/options.js';
import { BLANK } from '../record/record.js';
import { expiryKeeper, isHashed, toRecord } from './session-record.js';

const SEALED: Options = { encryptionKey: 'an encryption key of many letters' };
const SHARED = { hashIds: false };

describe('who ends a session that is not used', () => {
  it.each<[string, Options, { expiry?: 'record' | 'store' }, 'record' | 'store']>([
    ['the date in its record, unless the store says otherwise', {}, {}, 'record'],
    ['the store that says so', {}, { expiry: 'store' }, 'store'],
    ['the date in a record that is sealed', SEALED, { expiry: 'store' }, 'record'],
  ])('is %s', (_, options, store, keeper) => {
    expect(expiryKeeper(resolveOptions(options), store)).toBe(keeper);
  });
});

describe('whether the store sees hashes of session IDs', () => {
  it.each([
    [undefined, undefined, false],
    [undefined, true, true],
    [false, true, false],
    [true, false, true],
  ])(
    'is what the option (%j) says, and then what the store (%j) prefers: %j',
    (option, preferred, hashed) => {
      const store = preferred === undefined ? {} : { hashIds: preferred };
      expect(isHashed(resolveOptions({ hashIds: option }), store)).toBe(hashed);
    },
  );
});

describe('the cookie in a record that express-session may read', () => {
  it.each<[string, Options['cookie'], object]>([
    ['has the attributes of the options', {}, { httpOnly: true, path: '/', secure: false, sameSite: 'lax' }],
    [
      'has a domain, and no SameSite attribute that is not set',
      { domain: 'example.org', sameSite: 'none', secure: true },
      { domain: 'example.org', sameSite: 'none', secure: true },
    ],
  ])('%s', (_, cookie, expected) => {
    const record = toRecord(BLANK, 'key', resolveOptions({ cookie }), SHARED);
    expect(record.cookie).toMatchObject(expected);
    expect(Object.keys(record.cookie ?? {}).includes('domain')).toBe('domain' in expected);
  });

  it('is not written where the store sees hashes: nobody else can read the record', () => {
    const record = toRecord({ ...BLANK, expiresAt: 1 }, 'key', resolveOptions({}), { hashIds: true });
    expect(record.cookie).toEqual({ expires: 1 });
  });
});
