import { describe, expect, it } from 'vitest';
import { formatPlace, placeAfter, placeOf } from './list-place.js';

const KEYS = ['former', 'first'];
const START = { at: 0, key: 'former', cursor: undefined };

describe('the place of a page', () => {
  it.each([
    ['the beginning of the first index', START],
    ['the beginning of the second', { at: 1, key: 'first', cursor: undefined }],
    ['a cursor of the store', { at: 1, key: 'first', cursor: '1700000000000:an entry' }],
    ['a cursor with a line break', { at: 0, key: 'former', cursor: '~1\n~2' }],
  ])('comes back from its cursor: %s', (_, place) => {
    expect(placeOf(formatPlace(place), KEYS)).toEqual(place);
  });

  it.each([undefined, null, '', '~', '~a', '0', 'x0~a', '\n0~a', '10~a', '-1~a', '2~a', '9~a', 7, {}])(
    'is the first one for a cursor that no page had: %j',
    (cursor) => {
      expect(placeOf(cursor as string, KEYS)).toEqual(START);
    },
  );

  it('is in the next index after the last page of one, and nowhere after the last index', () => {
    expect(placeAfter({ ...START, cursor: 'a' }, KEYS)).toEqual({ at: 1, key: 'first', cursor: undefined });
    expect(placeAfter({ ...START, at: 1 }, KEYS)).toBeNull();
  });
});
