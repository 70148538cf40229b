import { expect, it } from 'vitest';
import { resolveOptions } from '../options/options.js';
import { BLANK, type Session } from '../record/record.js';
import type { RecordRef } from './record-ref.js';
import { toPlainRecord } from './session-record.js';
import type { LiveSession } from './session-ref.js';
import { refuseTooLarge } from './size-limit.js';

const REF = { key: 'key', store: { hashIds: true } } as unknown as RecordRef;
const TOO_LARGE = expect.objectContaining({ code: 'ERR_SESSION_DATA' });
const withText = (length: number): Session => ({ ...BLANK, data: { text: 'x'.repeat(length) } });
const live = (session: Session): LiveSession => ({
  is: 'live',
  id: 'id',
  key: 'key',
  session,
  version: null,
  isOutdated: false,
});

/** Returns what is thrown if a session is written, over another one or as a new one. */
function refusal(session: Session, maxBytes: number | null, was?: Session): unknown {
  try {
    refuseTooLarge(REF, session, was && live(was), resolveOptions({ maxBytes }));
    return null;
  } catch (error) {
    return error;
  }
}

/** The bytes of the whole record. */
function sizeOf(session: Session): number {
  return JSON.stringify(toPlainRecord(session, 'key', resolveOptions({}), REF.store)).length;
}

it('a record may have as many bytes as the limit, and not one more', () => {
  // Data that is much smaller than the limit is not counted.
  for (const length of [1000, 20_000]) {
    const bytes = sizeOf(withText(length));
    expect(refusal(withText(length), bytes)).toBeNull();
    expect(refusal(withText(length), bytes - 1)).toEqual(TOO_LARGE);
  }
  expect(refusal(withText(20_000), null)).toBeNull();
});

it('one that is too large may be written with the same data or with less, and not with more', () => {
  const was = withText(5000);
  expect(refusal({ ...was, maxAge: 60 }, 1024, was)).toBeNull();
  expect(refusal(withText(5000), 1024, was)).toBeNull();
  expect(refusal(withText(4999), 1024, was)).toBeNull();
  expect(refusal(withText(5001), 1024, was)).toEqual(TOO_LARGE);
});
