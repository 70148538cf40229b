import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isObject } from '../lib/json.js';
import { RecordSeal } from './record-seal.js';

const KEY = 'an encryption key of 32 letters, or of some more';
const OLD = 'the encryption key of last year, which is replaced';
const RECORD = {
  cookie: { expires: 1_800_000_000_000, originalMaxAge: 60_000 },
  __session: [2, 'sid'],
  n: 'ünï 🍪',
};

const sealOf = (keys: string[], ...names: string[]) => new RecordSeal(() => keys, names);
const seal = sealOf([KEY], 'sid');

/** Returns the sealed bytes of a record. */
function bytesOf({ __session: text }: { __session?: unknown }): Buffer {
  expect(text).toMatch(/^s1\.[\w-]+$/);
  return Buffer.from(String(text).slice(3), 'base64url');
}

it('what is sealed opens again, and each time it is sealed it looks different', () => {
  const sealed = seal.seal(RECORD, 'k');
  expect(seal.open(sealed, 'k')).toEqual({ is: 'open', record: RECORD, isOutdated: false });
  expect(seal.seal(RECORD, 'k').__session).not.toBe(sealed.__session);
});

it('the store sees when the record ends, and nothing else of it', () => {
  const { __session: _, ...rest } = seal.seal(RECORD, 'k');
  expect(rest).toEqual({ cookie: RECORD.cookie });
  expect(seal.seal({ n: 1 }, 'k').cookie).toStrictEqual({ expires: null });
});

describe('AES-256-GCM, with a key by HKDF-SHA256 for the cookie name and the key of the record', () => {
  const key = Buffer.from(hkdfSync('sha256', KEY, 'next-app-session', 'record\nsid\nk', 32));

  it('opens what is sealed', () => {
    const bytes = bytesOf(seal.seal(RECORD, 'k'));
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12));
    decipher.setAuthTag(bytes.subarray(-16));
    const text = decipher.update(bytes.subarray(12, -16), undefined, 'utf8') + decipher.final('utf8');
    expect(JSON.parse(text)).toEqual(RECORD);
  });

  it.each([
    ['a record', '{"n":"ünï"}', { n: 'ünï' }],
    ['no record', '{', null],
    ['nothing', '', null],
  ])('seals what opens: %s', (_, text, record) => {
    const iv = Buffer.alloc(12, 7);
    const cipher = createCipheriv('aes-256-gcm', key, iv);
    const sealed = Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    const opened = seal.open({ __session: `s1.${sealed.toString('base64url')}` }, 'k');
    expect(opened).toEqual({ is: 'open', record, isOutdated: false });
  });
});

describe('does not open', () => {
  const sealed = seal.seal(RECORD, 'k');
  const bytes = bytesOf(sealed);
  const text = (changed: Buffer) => ({ ...sealed, __session: `s1.${changed.toString('base64url')}` });

  it('under another key of the store, for another cookie name, or with another encryption key', () => {
    const closed = { is: 'rejected', reason: 'sealed' };
    expect(seal.open(sealed, 'l')).toEqual(closed);
    expect(sealOf([KEY], 'admin').open(sealed, 'k')).toEqual(closed);
    expect(sealOf([OLD], 'sid').open(sealed, 'k')).toEqual(closed);
    // The parts of what a key is derived from cannot be shifted into each other.
    expect(sealOf([KEY], 'sid\nk').open(sealed, '')).toEqual(closed);
  });

  it('with any one bit changed', () => {
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(seal.open(text(changed), 'k')).toEqual({ is: 'rejected', reason: 'sealed' });
    }
  });

  it('cut off anywhere, or longer', () => {
    for (let length = 0; length < bytes.length; length++) {
      expect(seal.open(text(bytes.subarray(0, length)), 'k')).toEqual({ is: 'rejected', reason: 'sealed' });
    }
    expect(seal.open(text(Buffer.concat([bytes, Buffer.from([0])])), 'k').is).toBe('rejected');
  });

  it('when it is not sealed at all, or in a way that is not known here', () => {
    for (const plain of [RECORD, {}, null, { __session: { format: 2, name: 'sid' } }, 'a text', 7, []]) {
      expect(seal.open(plain, 'k')).toEqual({ is: 'rejected', reason: 'not_sealed' });
    }
    const later = { ...sealed, __session: String(sealed.__session).replace('s1.', 's2.') };
    expect(seal.open(later, 'k')).toEqual({ is: 'rejected', reason: 'later_format' });
  });
});

it('what stands beside the sealed text changes nothing', () => {
  const planted = {
    ...seal.seal(RECORD, 'k'),
    cookie: { expires: 9e15 },
    user: 'admin',
    ['__proto__']: { user: 'admin' },
  };
  expect(seal.open(planted, 'k')).toMatchObject({ record: RECORD });
});

it('the first of several keys and names seals, all open, and say so', () => {
  const both = sealOf([KEY, OLD], 'new', 'old');
  expect(sealOf([KEY], 'new').open(both.seal(RECORD, 'k'), 'k')).toMatchObject({ isOutdated: false });
  for (const [key, name] of [
    [KEY, 'old'],
    [OLD, 'new'],
    [OLD, 'old'],
  ] as const) {
    const opened = both.open(sealOf([key], name).seal(RECORD, 'k'), 'k');
    expect(opened).toEqual({ is: 'open', record: RECORD, isOutdated: true });
  }
});

it('JSON that is sealed and is no record is handed on as it is: the reader of records refuses it', () => {
  const sealed = seal.seal([] as never, 'k');
  const opened = seal.open(sealed, 'k');
  expect(opened.is === 'open' && isObject(opened.record)).toBe(false);
});
