import { describe, expect, it } from 'vitest';
import { ownLifetime } from './own-lifetime.js';

const LONGEST = 3600;

describe('the lifetime that a caller gives a session', () => {
  it.each([0.0005, 1, 3600, 3600.0004, null, 'browser', undefined] as const)('may be %s', (maxAge) => {
    expect(ownLifetime({ maxAge }, LONGEST)).toBe(maxAge);
  });

  it('stays as it is if none is given', () => {
    expect(ownLifetime(undefined, LONGEST)).toBeUndefined();
    expect(ownLifetime({}, LONGEST)).toBeUndefined();
  });

  it.each([0, -0.001, 3600.001, Number.NaN, Number.POSITIVE_INFINITY, '60', 'Browser', '', true, {}])(
    'may not be %j',
    (maxAge) => {
      const set = () => ownLifetime({ maxAge } as never, LONGEST);
      expect(set).toThrow(expect.objectContaining({ code: 'ERR_SESSION_OPTIONS' }));
      expect(set).toThrow(/^maxAge of a session: give seconds above 0, 3600 at most/);
    },
  );

  it.each([
    ['ttl', 'Use maxAge.'],
    ['expires', 'Use maxAge, in seconds.'],
  ])('is not called %s', (name, fix) => {
    expect(() => ownLifetime({ [name]: 60 } as never, LONGEST)).toThrow(
      `regenerate() and touch() option ${name}: there is no such option. ${fix}`,
    );
  });
});
