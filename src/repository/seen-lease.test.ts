import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { HostProcess } from '../lib/host-process.js';
import { CLOCK_SKEW_MS } from '../record/expiry.js';
import type { Lease } from '../record/renewal.js';
import { isOver, SeenLease } from './seen-lease.js';

/** When the lease is seen, by the clock of the process that waits. */
const SEEN_AT = 5000;

let now = SEEN_AT;
let pauses: number[] = [];
const process: HostProcess = {
  shared: {},
  now: () => now,
  pause: async (ms) => void pauses.push(ms),
};

const leaseOf = (about: Partial<Lease> = {}): Lease => ({
  is: 'leased',
  key: 'sign-in',
  holder: 'one',
  until: 1_800_000_000_000,
  ms: 2000,
  ...about,
});

beforeEach(() => {
  now = SEEN_AT;
  pauses = [];
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe('who waits for the end of a lease', () => {
  /** Returns the pause before each look at these times, counted from when the lease was seen. */
  async function pausesAt(ms: number, ...times: number[]): Promise<number[]> {
    const seen = new SeenLease(leaseOf({ ms }), process);
    for (const time of times) {
      now = SEEN_AT + time;
      await seen.pause();
    }
    return pauses;
  }

  it('looks again after a fourth of the time that they have waited, from 10 ms to 250 ms', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    expect(await pausesAt(9000, 0, 40, 400, 1000, 4000)).toEqual([10, 10, 100, 250, 250]);
  });

  it.each([
    [0, 75],
    [1, 125],
  ])('looks up to a fourth earlier or later, so that not all look at once: %d', async (random, pause) => {
    vi.spyOn(Math, 'random').mockReturnValue(random);
    expect(await pausesAt(9000, 400)).toEqual([pause]);
  });

  it('does not wait beyond its end', async () => {
    expect(await pausesAt(2000, 1995, 2000, 2010)).toEqual([5, 0, 0]);
  });
});

describe('a lease is over', () => {
  it('when its time has passed since it was seen, by the clock of the process alone', () => {
    const lease = leaseOf({ until: Number.MAX_SAFE_INTEGER });
    const seen = new SeenLease(lease, process);
    now = SEEN_AT + 1999;
    expect(isOver(lease, seen, 0)).toBe(false);
    now = SEEN_AT + 2000;
    expect(isOver(lease, seen, 0)).toBe(true);
  });

  it('not when it is another one than was seen', () => {
    const seen = new SeenLease(leaseOf(), process);
    now = SEEN_AT + 2000;
    expect(isOver(leaseOf({ holder: 'two' }), seen, 0)).toBe(false);
  });

  it('for who has not seen it, a minute after its end: a clock may be wrong by that much', () => {
    const lease = leaseOf();
    const end = lease.until + CLOCK_SKEW_MS;
    expect([isOver(lease, null, end - 1), isOver(lease, null, end)]).toEqual([false, true]);
  });
});
