import { describe, expect, it, vi } from 'vitest';
import { IsFreshFailed } from '../refresh/refresh-subject.js';
import { refuseReentrant } from './reentrancy.js';
import { type RefreshOptions, refreshSubject } from './refresh-options.js';

const NOW = 1_800_000_000_000;

const subjectOf = (options: object) =>
  refreshSubject('tokens', { isFresh: () => true, renew: () => 1, ...options } as never, () => NOW);

/** Returns the message with which the options are refused. */
function refusalOf(options: object): string {
  try {
    subjectOf(options).isFresh({});
  } catch (error) {
    expect(error).toMatchObject({ code: 'ERR_SESSION_OPTIONS' });
    return (error as Error).message;
  }
  return 'none';
}

describe('the timeout of a refresh', () => {
  it('is 10 seconds by default', () => {
    expect(subjectOf({})).toMatchObject({ key: 'tokens', timeoutMs: 10_000 });
    expect(subjectOf({ timeout: undefined })).toMatchObject({ timeoutMs: 10_000 });
  });

  it.each([0.001, 300])('may be %s seconds', (timeout) => {
    expect(subjectOf({ timeout }).timeoutMs).toBe(timeout * 1000);
  });

  it.each([0, -1, 300.001, Number.NaN, Number.POSITIVE_INFINITY, '10', null, true])(
    'may not be %j',
    (timeout) => {
      expect(refusalOf({ timeout })).toBe(
        'refresh() option timeout: give seconds above 0, 300 at most. Is yours in milliseconds?',
      );
    },
  );
});

describe('a bad option of refresh() is refused with what to do', () => {
  it.each<[string, object]>([
    [
      'refresh() option isFresh: give a function, such as (value, { now }) => value.expiresAt > now.',
      { isFresh: 4e12 },
    ],
    ['refresh() option renew: give a function that returns the new value.', { renew: { access: 'new' } }],
    ['refresh() option ttl: there is no such option. Use isFresh.', { ttl: 60 }],
    ['refresh() option timeoutMs: there is no such option. Use timeout, in seconds.', { timeoutMs: 1000 }],
    ['refresh() option refresh: there is no such option. Use renew.', { refresh: () => 1 }],
    ['refresh() option renews: there is no such option. Did you mean renew?', { renews: () => 1 }],
    [
      'refresh() option isFresh: it returned neither true nor false. A value that is never fresh is renewed at each call.',
      { isFresh: () => 1 },
    ],
    [
      'refresh() option isFresh: it is async, or returned a promise. Await what you need first, or ask for it in renew.',
      { isFresh: () => Promise.reject(new Error('which nobody hears')) },
    ],
  ])('%s', (message, options) => {
    expect(refusalOf(options)).toBe(message);
  });
});

describe('a function that is given to refresh()', () => {
  it('gets a copy of the value, and the time or the signal', async () => {
    const stored = { access: 'old' };
    const isFresh = vi.fn<RefreshOptions<typeof stored>['isFresh']>((value, { now }) => {
      value.access = 'changed';
      return now === NOW;
    });
    const renew = vi.fn((value: typeof stored, _: { signal: AbortSignal }) => ({
      access: `${value.access}er`,
    }));
    const subject = subjectOf({ isFresh, renew });
    const { signal } = new AbortController();
    expect(subject.isFresh(stored)).toBe(true);
    expect(await subject.renew(stored, signal)).toEqual({ access: 'older' });
    expect(renew).toHaveBeenCalledWith({ access: 'old' }, { signal });
    expect(renew.mock.calls[0]?.[1].signal).toBe(signal);
    expect(stored).toEqual({ access: 'old' });
  });

  it('may throw: isFresh is told apart, and renew rejects', async () => {
    const thrown = new TypeError('no');
    const fail = () => {
      throw thrown;
    };
    const subject = subjectOf({ isFresh: fail, renew: fail });
    expect(() => subject.isFresh({})).toThrow(IsFreshFailed);
    await expect(subject.renew({}, new AbortController().signal)).rejects.toBe(thrown);
    expect(refuseReentrant).not.toThrow();
  });

  it('may not call the session, which is free again after it', async () => {
    const reentrant = expect.objectContaining({ code: 'ERR_SESSION_REENTRANT' });
    let later = () => {};
    const left = new Promise<void>((resolve) => {
      later = resolve;
    });
    let leftOver: Promise<void> | undefined;
    const subject = subjectOf({
      isFresh: () => {
        expect(refuseReentrant).toThrow(reentrant);
        return true;
      },
      renew: async () => {
        await new Promise(setImmediate);
        expect(refuseReentrant).toThrow(reentrant);
        leftOver = left.then(refuseReentrant);
      },
    });
    subject.isFresh({});
    expect(refuseReentrant).not.toThrow();
    const renewing = subject.renew({}, new AbortController().signal);
    expect(refuseReentrant).not.toThrow();
    await renewing;
    later();
    await leftOver;
  });
});
