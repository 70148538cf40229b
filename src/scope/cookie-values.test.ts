import { describe, expect, it } from 'vitest';
import { cookieValues } from './cookie-values.js';

describe('the values of a cookie', () => {
  it.each([
    ['one', 'sid=a', ['a']],
    ['two, in their order', 'sid=b; other=1; sid=a', ['b', 'a']],
    ['without spaces between pairs, or with more', 'sid=a;sid=b;  sid = c ', ['a', 'b', 'c']],
    ['encoded', 'sid=s%3Aa%2Fb', ['s:a/b']],
    ['with = in the value', 'sid=a=b==', ['a=b==']],
    ['empty', 'sid=; sid=a', ['', 'a']],
    ['that cannot be decoded', 'sid=%E0%A4%A; sid=a', ['a']],
    ['without a value', 'sid; sid=a', ['a']],
    ['of other names', 'SID=a; xsid=b; sid2=c; =sid', []],
    ['none', '', []],
    ['none', null, []],
    ['none', undefined, []],
  ])('%s: %j', (_, header, values) => {
    expect(cookieValues('sid', header, undefined)).toEqual(values);
  });

  it.each([
    ['which Next’s App Router takes', 'b', ['a', 'b']],
    ['which Next’s Pages Router takes', 'a', ['a', 'b']],
    ['that this request has set comes first', 'new', ['new', 'a', 'b']],
    ['that this request has deleted leaves none', '', []],
    ['that Next does not have', undefined, ['a', 'b']],
  ])('the one %s', (_, inJar, values) => {
    expect(cookieValues('sid', 'sid=a; sid=b', inJar)).toEqual(values);
  });

  it('an empty one that the browser sent was not deleted by this request', () => {
    expect(cookieValues('sid', 'sid=a; sid=', '')).toEqual(['a', '']);
  });
});
