import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OpenStore } from '../gateway/open-store.js';
import type { Operation } from '../gateway/operation.js';
import { systemClock } from '../lib/clock.js';
import { Deadline } from '../lib/deadline.js';
import type { HostProcess } from '../lib/host-process.js';
import { resolveOptions } from '../options/options.js';
import { CLOCK_SKEW_MS } from '../record/expiry.js';
import type { SessionRecord } from '../store-contract/store.js';
import { Telemetry } from '../telemetry/telemetry.js';
import { REFUSAL, SpyStore } from '../test-kits/spy-store.js';
import { SignInTurn } from './sign-in-turn.js';
import { type HeldLease, UserLease } from './user-lease.js';

const NOW = 1_800_000_000_000;

/** A process whose pauses take no time in the test, and are counted. */
class QuickProcess implements HostProcess {
  readonly shared = {};
  pauses = 0;
  #now = 0;
  now = () => this.#now;
  pause = async (ms: number) => {
    this.pauses += 1;
    this.#now += Math.max(ms, 1);
  };
}

/** Sets up sign-ins of one user. Each call of `begin` is the operation of another request. */
function setUp({ storeTimeout = 4, store = new SpyStore() } = {}) {
  const options = resolveOptions({ name: 'app', secret: 'a secret', store, storeTimeout });
  const process = new QuickProcess();
  const open = new OpenStore(store, options.storeTimeoutMs);
  const context = { clock: systemClock, process, telemetry: Telemetry.of(options), openStore: () => open };
  const begin = (): Operation => ({ context, open, deadline: new Deadline(options.storeTimeoutMs) });
  const take = () => new UserLease(options, begin(), 'ada').take();
  const stored = () => store.memory.get(store.spy.keys[0] ?? '');
  return { store, process, options, begin, take, stored, calls: () => store.spy.calls.join(' ') };
}

/** Lets time pass by the clock of deadlines. */
function passTime(ms: number): void {
  const now = performance.now.bind(performance);
  vi.spyOn(performance, 'now').mockImplementation(() => now() + ms);
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe('a lease', () => {
  it.each([
    [4, 1000],
    [0.003, 1],
    [3600, 330_000],
  ])(
    'of a storeTimeout of %d s lasts %d ms, a fourth of it, and is kept a minute longer',
    async (storeTimeout, ms) => {
      const { take, stored } = setUp({ storeTimeout });
      await take();
      const { cookie, __session } = (await stored()) as SessionRecord & { __session: unknown[] };
      expect(cookie).toMatchObject({ expires: NOW + ms + CLOCK_SKEW_MS });
      expect(__session.at(-1)).toEqual({ renewals: [['sign-in', expect.any(String), ms, ms]] });
    },
  );

  it('is over when its time has passed', async () => {
    const held = await setUp().take();
    expect(held.isOver).toBe(false);
    passTime(1000);
    expect(held.isOver).toBe(true);
  });

  it('lasts from before it was written: others count from when they see it', async () => {
    const { take, store } = setUp();
    store.spy.before('set', async () => passTime(1000));
    expect((await take()).isOver).toBe(true);
  });

  it('that another sign-in has is asked for again until its time has passed, one read for each pause', async () => {
    const { take, process, calls } = setUp();
    await take();
    await take();
    expect(process.now()).toBeGreaterThanOrEqual(1000);
    expect(process.now()).toBeLessThan(1500);
    expect(calls()).toBe(`set set ${'get '.repeat(process.pauses + 1)}set`);
  });

  it('is free once it is given back', async () => {
    const { take, process, calls, stored } = setUp();
    expect(await (await take()).giveBack()).toBe(true);
    expect(await stored()).toBeNull();
    await take();
    expect(process.pauses).toBe(0);
    expect(calls()).toBe('set set set');
  });

  it('whose write the driver sent twice is held: the store says that somebody else has it, and the record whose it is', async () => {
    const { take, store, process } = setUp();
    const { swap } = store.memory.atomic;
    vi.spyOn(store.memory.atomic, 'swap').mockImplementationOnce(async (...call) => {
      await swap(...call);
      return null;
    });
    const held = await take();
    expect(process.pauses).toBe(0);
    expect(await held.giveBack()).toBe(true);
  });

  it('is not taken within a minute of its end by who has not seen it: the clock of its holder may be behind', async () => {
    const { take, process } = setUp();
    await take();
    vi.setSystemTime(NOW + CLOCK_SKEW_MS + 999);
    await take();
    expect(process.pauses).toBeGreaterThan(0);
  });

  it('is taken at once by who sees it a minute after its end', async () => {
    // Its record is there for as long. This store does not look at the date, as one whose clock is behind.
    const { take, process, store } = setUp();
    await take();
    const { load } = store.memory.atomic;
    vi.spyOn(store.memory.atomic, 'load').mockImplementation((id, options) =>
      load(id, { ...options, now: NOW }),
    );
    vi.setSystemTime(NOW + CLOCK_SKEW_MS + 1000);
    await take();
    expect(process.pauses).toBe(0);
  });

  it('that many others take one after another is refused at the deadline, with ERR_SESSION_CONFLICT', async () => {
    const { take, store } = setUp();
    vi.spyOn(store.memory.atomic, 'swap').mockResolvedValueOnce(null);
    store.spy.before('get', async () => passTime(4000));
    await expect(take()).rejects.toMatchObject({ code: 'ERR_SESSION_CONFLICT' });
  });

  it('is not the end of a renewal, which anybody who can write to the store could plant', async () => {
    const { take, store, process, stored } = setUp();
    await take();
    const { cookie, __session } = (await stored()) as SessionRecord & { __session: unknown[] };
    const renewals = [['sign-in', 'planted', 1e12]];
    await store.memory.set(store.spy.keys[0] ?? '', {
      cookie,
      __session: [...__session.slice(0, -1), { renewals }],
    } as SessionRecord);
    await take();
    expect(process.pauses).toBe(0);
  });
});

describe('a lease that is given back', () => {
  it('says so if somebody else has taken it meanwhile', async () => {
    const { take } = setUp();
    const held = await take();
    await take();
    expect(await held.giveBack()).toBe(false);
  });

  it('says so if its time has passed, though nobody else has taken it yet', async () => {
    const held = await setUp().take();
    passTime(1000);
    expect(await held.giveBack()).toBe(false);
  });

  it.each(['fails', 'hangs'] as const)(
    'counts as its holder’s own if that %s: nobody else can have it before its time has passed',
    async (how) => {
      const { take, store } = setUp();
      const held = await take();
      if (how === 'fails') store.spy.fail('set', REFUSAL);
      else store.spy.hang('set');
      expect(await held.giveBack()).toBe(true);
    },
  );
});

describe('the turn of a user with two cookie names', () => {
  const leases = (...held: Partial<HeldLease>[]) => {
    const take = vi.spyOn(UserLease.prototype, 'take');
    for (const lease of held) {
      take.mockResolvedValueOnce({ isOver: false, giveBack: async () => true, ...lease });
    }
  };
  const turn = () => {
    const { options, begin } = setUp();
    return new SignInTurn(options, begin(), ['one', 'two']).take();
  };

  it.each([
    [false, false, false],
    [true, false, true],
    [false, true, true],
  ])('is over if one of both leases is: %s, %s', async (one, two, isOver) => {
    leases({ isOver: one }, { isOver: two });
    expect((await turn()).isOver).toBe(isOver);
  });

  it.each([
    [true, true, true],
    [true, false, false],
    [false, true, false],
  ])('was kept if both leases were: %s, %s', async (one, two, isKept) => {
    leases({ giveBack: async () => one }, { giveBack: async () => two });
    expect(await (await turn()).giveBack()).toBe(isKept);
  });

  it('gives the first lease back if the second one cannot be taken', async () => {
    const giveBack = vi.fn(async () => true);
    leases({ giveBack });
    vi.mocked(UserLease.prototype.take).mockRejectedValueOnce(REFUSAL);
    await expect(turn()).rejects.toBe(REFUSAL);
    expect(giveBack).toHaveBeenCalledOnce();
  });
});
