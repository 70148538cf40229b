import { describe, expect, it, vi } from 'vitest';
import { UnknownOutcome } from '../gateway/store-failures.js';
import { Deadline } from '../lib/deadline.js';
import { SessionError } from '../lib/errors.js';
import { BLANK } from '../record/record.js';
import { type Attempt, writeOptimistically } from './optimistic-write.js';
import type { LiveSession, SessionRef, StoredSession } from './session-ref.js';

const GONE = { code: 'ERR_SESSION_GONE' };

function live(nonce: string | null = 'stored'): LiveSession {
  const session = { ...BLANK, nonce };
  return { is: 'live', id: 'id', key: 'key', session, version: 'v', isOutdated: false };
}
const MOVED = { is: 'superseded', id: 'id', key: 'key', session: {} } as StoredSession;
const REJECTED = { is: 'rejected', nonce: 'own' } as const;

/** Sets up the place of a session. Each read returns the next of `reads`, and the last one from then on. */
function setUp(reads: (StoredSession | null)[], { isAtomic = true, ms = 1000 } = {}) {
  const read = vi.fn(async () => (reads.length > 1 ? reads.shift() : reads[0]) ?? null);
  const pause = vi.fn(async (_ms: number) => {});
  const record = vi.fn();
  const context = { process: { pause }, telemetry: { record } };
  const operation = { context, deadline: new Deadline(ms) };
  const exclusively = <T>(task: () => Promise<T>) => task();
  const ref = { id: 'id', isAtomic, read, exclusively, operation } as unknown as SessionRef;
  const write = (known: LiveSession | undefined, attempt: Attempt<string>) =>
    writeOptimistically(ref, known, attempt);
  return { read, pause, record, write };
}

/** An attempt that others forestall `times` times. */
function forestalled(times: number, written = live('own')) {
  let left = times;
  return vi.fn<Attempt<string>>(async () => (left-- > 0 ? REJECTED : written));
}

describe('a write', () => {
  it('is tried on the copy of the request, where it notices that the copy is outdated', async () => {
    const { write, read } = setUp([live()]);
    const known = live('known');
    const attempt = forestalled(0);
    expect(await write(known, attempt)).toMatchObject({ session: { nonce: 'own' } });
    expect(attempt).toHaveBeenCalledExactlyOnceWith(known);
    expect(read).not.toHaveBeenCalled();
  });

  it('is tried on what is stored where it would not notice that, and without a copy', async () => {
    const stored = live();
    for (const [isAtomic, known] of [
      [false, live('known')],
      [true, undefined],
    ] as const) {
      const { write } = setUp([stored], { isAtomic });
      const attempt = forestalled(0);
      await write(known, attempt);
      expect(attempt).toHaveBeenCalledExactlyOnceWith(stored);
    }
  });

  it('finds no session: there never was one, or the known one has ended', async () => {
    const attempt = forestalled(0);
    expect(await setUp([null]).write(undefined, attempt)).toBeNull();
    await expect(setUp([null], { isAtomic: false }).write(live(), attempt)).rejects.toMatchObject(GONE);
    expect(attempt).not.toHaveBeenCalled();
  });

  it('finds that the session has moved to another ID', async () => {
    const attempt = forestalled(0);
    expect(await setUp([MOVED]).write(undefined, attempt)).toBe(MOVED);
    expect(attempt).not.toHaveBeenCalled();
    const late = forestalled(1);
    expect(await setUp([MOVED]).write(live(), late)).toBe(MOVED);
    expect(late).toHaveBeenCalledTimes(1);
  });
});

describe('a write that another process forestalls', () => {
  it('is tried again on what that one wrote, and tells of the conflict', async () => {
    const other = live('other');
    const { write, record } = setUp([other]);
    const attempt = forestalled(2);
    expect(await write(live(), attempt)).toMatchObject({ session: { nonce: 'own' } });
    expect(attempt.mock.calls.slice(1)).toEqual([[other], [other]]);
    expect(record.mock.calls).toEqual([
      [{ type: 'conflict' }, 'id'],
      [{ type: 'conflict' }, 'id'],
    ]);
  });

  it('took effect if what is stored is its own: that is no conflict', async () => {
    const own = live('own');
    const { write, record } = setUp([own]);
    const attempt = forestalled(1);
    expect(await write(live(), attempt)).toBe(own);
    expect(attempt).toHaveBeenCalledTimes(1);
    expect(record).not.toHaveBeenCalled();
  });

  it('and wrote nothing itself does not take a record without a nonce for its own', async () => {
    let isFirst = true;
    const attempt: Attempt<string> = async () => {
      if (!isFirst) return live('own');
      isFirst = false;
      return { is: 'rejected', nonce: null };
    };
    expect(await setUp([live(null)]).write(live(), attempt)).toMatchObject({ session: { nonce: 'own' } });
  });

  it('throws ERR_SESSION_GONE if the session has ended since, and tells of no conflict', async () => {
    const { write, record } = setUp([null]);
    await expect(write(live(), forestalled(1))).rejects.toMatchObject(GONE);
    expect(record).not.toHaveBeenCalled();
  });

  it('throws ERR_SESSION_CONFLICT at the deadline, without another read', async () => {
    const { write, read } = setUp([live()], { ms: 0 });
    await expect(write(live(), forestalled(1))).rejects.toMatchObject({ code: 'ERR_SESSION_CONFLICT' });
    expect(read).not.toHaveBeenCalled();
  });

  it('waits a random time before it tries again: longer each time, up to 50 ms', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    const { write, pause } = setUp([live()]);
    await write(live(), forestalled(8));
    vi.restoreAllMocks();
    expect(pause.mock.calls.flat()).toEqual([0.5, 1, 2, 4, 8, 16, 25, 25]);
  });

  it('has an unknown outcome if the store cannot be read then: the driver may have sent it twice', async () => {
    const failure = new SessionError('ERR_SESSION_STORE', 'down');
    const { write, read } = setUp([live()]);
    read.mockRejectedValue(failure);
    const unknown = await write(live(), forestalled(1)).catch((error) => error);
    expect(unknown).toBeInstanceOf(UnknownOutcome);
    const attempt: Attempt<string> = async () => ({ is: 'rejected', nonce: null });
    await expect(write(live(), attempt)).rejects.toBe(failure);
  });
});
