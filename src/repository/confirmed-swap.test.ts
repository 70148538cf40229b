import { describe, expect, it, vi } from 'vitest';
import type { Operation } from '../gateway/operation.js';
import { UnknownOutcome } from '../gateway/store-failures.js';
import { Deadline } from '../lib/deadline.js';
import { SessionError } from '../lib/errors.js';
import { thisProcess } from '../lib/host-process.js';
import type { RecordState } from '../record/read-record.js';
import { BLANK } from '../record/record.js';
import { confirmedSwap, type SwapAttempt } from './confirmed-swap.js';

const NOW = 1_800_000_000_000;
const LOST = new UnknownOutcome('ERR_SESSION_STORE', 'The answer was lost.');
const UNKNOWN = { code: 'ERR_SESSION_STORE', message: expect.stringContaining('outcome is unknown') };

const EFFECTS = {
  session: { is: 'session', nonce: 'own' },
  copy: { is: 'grace-copy', nonce: 'own', until: NOW + 1000 },
  copyThatRanOut: { is: 'grace-copy', nonce: 'own', until: NOW },
  deletion: { is: 'nothing' },
} as const;

const live = (nonce: string | null): RecordState => ({
  is: 'live',
  session: { ...BLANK, nonce },
  isOutdated: false,
});
const NOTHING = { state: { is: 'none' }, version: null } as const;
const OWN = { state: live('own'), version: 'v2' };
const UNCHANGED = { state: live('old'), version: 'v1' };
const OTHER = { state: live('other'), version: 'v2' };

/** Sets up a swap of version `v1`: what the store answers, and what is read then. */
function attempt(answers: (string | null | Error)[], about: Partial<SwapAttempt> = {}, ms = 1000) {
  const send = vi.fn(async () => {
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer instanceof Error) throw answer;
    return answer ?? null;
  });
  const read = vi.fn(async () => UNCHANGED);
  const context = { clock: { now: () => NOW }, process: thisProcess };
  const operation = { context, deadline: new Deadline(ms) } as unknown as Operation;
  const swap = { send, read, expected: 'v1', effect: EFFECTS.session, isReadAgain: false, operation };
  return { send, read, result: confirmedSwap({ ...swap, ...about }) };
}

describe('a swap that the store answers', () => {
  it('is sent once, and the record is not read', async () => {
    const { result, send, read } = attempt(['v2']);
    expect(await result).toBe('v2');
    expect([send, read].map(({ mock }) => mock.calls.length)).toEqual([1, 0]);
  });

  it.each<[string, Partial<SwapAttempt>]>([
    ['the caller reads the record', { isReadAgain: true }],
    ['it was a deletion, which leaves no trace', { effect: EFFECTS.deletion }],
  ])('and rejects is not checked where %s', async (_, about) => {
    const { result, read } = attempt([null], about);
    expect(await result).toBeNull();
    expect(read).not.toHaveBeenCalled();
  });

  it('and rejects was sent twice by the driver if the record is its own', async () => {
    expect(await attempt([null], { read: async () => OWN }).result).toBe('v2');
  });

  it('and rejects has changed nothing if the record is of somebody else', async () => {
    for (const found of [OTHER, UNCHANGED, NOTHING]) {
      const { result, send } = attempt([null], { read: async () => found });
      expect(await result).toBeNull();
      expect(send).toHaveBeenCalledTimes(1);
    }
  });

  it('and rejects is unknown if the record cannot be read', async () => {
    const read = () => Promise.reject(new SessionError('ERR_SESSION_STORE', 'down'));
    await expect(attempt([null], { read }).result).rejects.toMatchObject(UNKNOWN);
  });

  it('and rejects was not sent twice only because neither its record nor what is stored has a nonce', async () => {
    const read = async () => ({ state: live(null), version: 'v2' });
    const effect = { ...EFFECTS.session, nonce: null };
    expect(await attempt([null], { read, effect }).result).toBeNull();
  });
});

describe('a swap whose answer is lost', () => {
  it('took effect if the record is its own', async () => {
    expect(await attempt([LOST], { read: async () => OWN }).result).toBe('v2');
  });

  it('took effect if there is nothing where it deletes', async () => {
    const { result, send } = attempt([LOST], { read: async () => NOTHING, effect: EFFECTS.deletion });
    expect(await result).toBe('');
    expect(send).toHaveBeenCalledTimes(1);
  });

  it('did not take effect if something is there, whatever it is, where it deletes', async () => {
    const copyThatEnded = { state: { is: 'none' }, version: 'v1' } as const;
    const unusable = { state: { is: 'rejected', reason: 'unreadable' }, version: 'v1' } as const;
    for (const found of [copyThatEnded, unusable]) {
      const { result, send } = attempt([LOST], { read: async () => found, effect: EFFECTS.deletion });
      await expect(result).rejects.toBe(LOST);
      expect(send).toHaveBeenCalledTimes(3);
    }
  });

  it('is sent again if the record is as it was, three times in all, and fails with the first error', async () => {
    expect(await attempt([LOST, LOST, 'v2']).result).toBe('v2');
    const { result, send } = attempt([LOST, new UnknownOutcome('ERR_SESSION_STORE', 'again')]);
    await expect(result).rejects.toBe(LOST);
    expect(send).toHaveBeenCalledTimes(3);
  });

  it('goes on with the first error if it is refused when it is sent again', async () => {
    const { result, send } = attempt([LOST, new SessionError('ERR_SESSION_STORE', 'refused')]);
    await expect(result).rejects.toBe(LOST);
    expect(send).toHaveBeenCalledTimes(3);
  });

  it('is read though the caller would read it: the caller does not know that it may be there', async () => {
    const { result, read } = attempt([LOST, null], { isReadAgain: true });
    await expect(result).rejects.toBe(LOST);
    expect(read).toHaveBeenCalledTimes(3);
  });

  it('is unknown if another version is there: others may have written over it', async () => {
    for (const found of [OTHER, NOTHING]) {
      const { result, send } = attempt([LOST], { read: async () => found });
      await expect(result).rejects.toBe(LOST);
      expect(send).toHaveBeenCalledTimes(1);
    }
  });

  it.each(['copy', 'deletion'] as const)('changed nothing if another version is there: %s', async (what) => {
    const { result, send } = attempt([LOST], { read: async () => OTHER, effect: EFFECTS[what] });
    expect(await result).toBeNull();
    expect(send).toHaveBeenCalledTimes(1);
  });

  it('is unknown if the record cannot be read, with the error of the swap', async () => {
    await expect(attempt([LOST], { read: () => Promise.reject(new Error('down')) }).result).rejects.toBe(
      LOST,
    );
  });

  it('is not looked for after the deadline', async () => {
    const { result, read } = attempt([LOST], {}, 0);
    await expect(result).rejects.toBe(LOST);
    expect(read).not.toHaveBeenCalled();
  });
});

it('a swap that certainly failed is not looked for', async () => {
  const refused = new SessionError('ERR_SESSION_STORE', 'refused');
  const { result, send, read } = attempt([refused]);
  await expect(result).rejects.toBe(refused);
  expect([send, read].map(({ mock }) => mock.calls.length)).toEqual([1, 0]);
});

describe('a grace copy of which there is no trace', () => {
  const expired = { state: { is: 'expired', session: BLANK }, version: 'v1' } as const;

  it('may have been there if its time is over', async () => {
    const effect = EFFECTS.copyThatRanOut;
    for (const found of [NOTHING, expired]) {
      await expect(attempt([LOST], { effect, read: async () => found }).result).rejects.toBe(LOST);
      const { result, send } = attempt([null], { effect, read: async () => found });
      await expect(result).rejects.toMatchObject(UNKNOWN);
      expect(send).toHaveBeenCalledTimes(1);
    }
  });

  it('was not written if its time is not over, or if the session is there', async () => {
    const [effect, late] = [EFFECTS.copy, EFFECTS.copyThatRanOut];
    expect(await attempt([null], { effect, read: async () => NOTHING }).result).toBeNull();
    expect(await attempt([null], { effect: late, read: async () => OTHER }).result).toBeNull();
  });
});

it('a session of which there is no trace was not written, whatever the time', async () => {
  expect(await attempt([null], { read: async () => NOTHING }).result).toBeNull();
});
