import { createHash } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { MAX_USERS, type UserId, userIds, userKey, userKeys } from './user-key.js';

const NOBODY = [null, undefined, ''] as const;
const INVALID_OPTION = expect.objectContaining({ code: 'ERR_SESSION_OPTIONS' });
const someUsers = (count: number) => Array.from({ length: count }, (_, n) => `user-${n}`);

describe('the key of a user', () => {
  it('stays the same in all versions, or their sessions would not be found: SHA-256 for the cookie name and the ID', () => {
    const key = createHash('sha256').update('user\nsid\nada').digest('base64url');
    expect(userKey('sid', 'ada')).toBe(key);
    expect(userKeys('sid', 'ada')).toEqual([key]);
    expect(userKey('staff', 'ada')).not.toBe(key);
  });

  it('is the same for a number and its text, 0 among them', () => {
    expect(userKey('sid', 7)).toBe(userKey('sid', '7'));
    expect(userKey('sid', 0)).toBe(userKey('sid', '0'));
  });

  it.each(NOBODY)('is null for nobody: %j', (id) => {
    expect(userKey('sid', id)).toBeNull();
    expect(userKeys('sid', id)).toEqual([]);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, true, {}, 7n])('is refused for what is no ID: %s', (id) => {
    expect(() => userKey('sid', id as UserId)).toThrow(INVALID_OPTION);
    expect(() => userKeys('sid', ['ada', id as UserId])).toThrow(INVALID_OPTION);
  });

  it('is refused for a promise, which does not end the process when it fails', async () => {
    const unheard = vi.fn();
    process.once('unhandledRejection', unheard);
    const id = Promise.reject(new Error('late'));
    expect(() => userKey('sid', id as never)).toThrow(INVALID_OPTION);
    await new Promise(setImmediate);
    process.off('unhandledRejection', unheard);
    expect(unheard).not.toHaveBeenCalled();
  });
});

describe('the users of a session', () => {
  it('are told once each, in their order, without nobody', () => {
    const ids = ['b', 'a', ...NOBODY, 'b', 0, '0'];
    expect(userKeys('sid', ids)).toEqual(['b', 'a', '0'].map((id) => userKey('sid', id)));
    expect(userIds(ids)).toEqual(['b', 'a', 'b', 0, '0']);
    expect(userIds('ada')).toEqual(['ada']);
  });

  it('are so many at most as a session may have, however often each is told', () => {
    const most = someUsers(MAX_USERS);
    expect(userKeys('sid', [...most, ...most])).toHaveLength(MAX_USERS);
    expect(() => userKeys('sid', someUsers(MAX_USERS + 1))).toThrow(INVALID_OPTION);
  });
});
