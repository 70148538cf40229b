import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import nextAppSession, { MemoryStore } from '../index.js';
import { Browser } from '../test-kits/browser.js';

/** A store that can freeze, like Redis on a frozen machine. Calls wait, and are answered after the thaw. */
class HangingStore extends MemoryStore {
  calls = 0;
  probes = 0;
  /** Swaps that reached the store. */
  writes = 0;
  /** A key of which nothing is ever answered. */
  stuck: string | undefined;
  /** What writes wait for while reads are answered. */
  held: Promise<unknown> = Promise.resolve();
  #thawed: Promise<unknown> = Promise.resolve();
  thaw: () => void = () => {};
  failure: Error | undefined;

  freeze(): void {
    this.#thawed = new Promise<void>((resolve) => {
      this.thaw = resolve;
    });
  }

  override async get(id: string) {
    this.probes++;
    if (id === this.stuck) await new Promise(() => {});
    await this.#thawed;
    if (this.failure) throw this.failure;
    return super.get(id);
  }

  constructor() {
    super();
    const { load, swap } = this.atomic;
    this.atomic.swap = async (...args) => {
      this.writes++;
      await this.held;
      await this.#thawed;
      return swap(...args);
    };
    this.atomic.load = async (id, options) => {
      this.calls++;
      if (id === this.stuck) await new Promise(() => {});
      await this.#thawed;
      if (this.failure) throw this.failure;
      return load(id, options);
    };
  }
}

const SECOND = 1000;

let name = 0;
let store: HangingStore;
let browser: Browser;

/** Reads the session in a visit. Returns the value, or the error. */
function read(): Promise<unknown> {
  return browser
    .visit((session) =>
      session()
        .get('n')
        .catch((error) => error),
    )
    .then(({ result }) => result);
}

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
  store = new HangingStore();
  browser = new Browser(
    nextAppSession({ name: `breaker-${name++}`, secret: 'a secret', store, storeTimeout: 5 }),
  );
  await browser.visit((session) => session().set('n', 1));
});

afterEach(() => {
  vi.useRealTimers();
});

/** Writes the session in a visit. Returns the error, if there is one. */
function write(): Promise<unknown> {
  return browser
    .visit((session) => session().set('n', 2))
    .then(
      () => undefined,
      (error) => error,
    );
}

/** Opens the breaker: freezes the store and lets a call run out of time. Returns the call's error. */
async function openBreaker(): Promise<unknown> {
  store.freeze();
  const first = read();
  await vi.advanceTimersByTimeAsync(5 * SECOND);
  return first;
}

describe('a store that hangs', () => {
  it('keeps the first call until storeTimeout, and later ones for a moment', async () => {
    expect(await openBreaker()).toMatchObject({ code: 'ERR_SESSION_STORE_TIMEOUT' });
    const { calls } = store;
    for (let visit = 0; visit < 10; visit++) {
      const later = read();
      await vi.advanceTimersByTimeAsync(30);
      const error = await later;
      expect(error).toMatchObject({ code: 'ERR_SESSION_STORE_TIMEOUT' });
      expect((error as Error).message).toContain('get was not sent: nothing was read or written');
    }
    expect(store.calls).toBe(calls);
  });

  it('is sent one probe of a session every half second, however many calls there are', async () => {
    await openBreaker();
    for (let round = 0; round < 3; round++) {
      const calls = Array.from({ length: 50 }, read);
      await vi.advanceTimersByTimeAsync(500);
      await Promise.all(calls);
    }
    expect(store.probes).toBe(3);
  });

  it('is used again when it answers a call that had run out of time', async () => {
    await openBreaker();
    store.thaw();
    await vi.advanceTimersByTimeAsync(0);
    const { probes } = store;
    expect(await read()).toBe(1);
    expect(store.probes).toBe(probes);
  });

  it('is used again by the call whose probe it answers', async () => {
    await openBreaker();
    store.freeze(); // The earlier calls are never answered.
    store.thaw();
    expect(await read()).toBe(1);
  });

  it('that fails a probe: calls fail with its error as cause', async () => {
    await openBreaker();
    store.failure = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    store.freeze();
    store.thaw();
    expect(await read()).toMatchObject({ cause: { message: 'connect ECONNREFUSED' } });
  });
});

describe('a probe', () => {
  it('reads the key of the call: a store may reject a key that is made up', async () => {
    await openBreaker();
    const get = vi.spyOn(store, 'get');
    const load = vi.spyOn(store.atomic, 'load');
    store.freeze();
    store.thaw();
    expect(await read()).toBe(1);
    expect(get.mock.calls[0]?.[0]).toBe(load.mock.calls[0]?.[0]);
  });

  it('hides the key in its error, which is dropped once the store answers', async () => {
    await openBreaker();
    vi.spyOn(store, 'get').mockImplementation(async (id) => {
      throw Object.assign(new Error(`cannot read ${id}`), { code: 'EACCES' });
    });
    await vi.advanceTimersByTimeAsync(500);
    const failed = (await read()) as Error;
    const message = 'The message is withheld: it may hold session data.';
    expect(failed.cause).toMatchObject({ code: 'EACCES', message });
    vi.restoreAllMocks();
    store.thaw();
    await vi.advanceTimersByTimeAsync(0);
    expect(await read()).toBe(1);
    const next = (await openBreaker()) as Error;
    expect(next.cause).toBeUndefined();
    const later = read();
    await vi.advanceTimersByTimeAsync(30);
    expect(((await later) as Error).cause).toBeUndefined();
  });
});

describe('one session that is stuck', () => {
  /** Freezes the key of the browser's session, and lets a call run out of time. */
  async function getStuck(): Promise<void> {
    const load = vi.spyOn(store.atomic, 'load');
    await read();
    store.stuck = load.mock.calls[0]?.[0];
    const first = read();
    await vi.advanceTimersByTimeAsync(5 * SECOND);
    expect(await first).toMatchObject({ code: 'ERR_SESSION_STORE_TIMEOUT' });
  }

  it('keeps nobody else from the store, however often its visitor calls', async () => {
    const other = new Browser(browser.session);
    await other.visit((session) => session().set('n', 7));
    await getStuck();
    const stuck = read();
    await vi.advanceTimersByTimeAsync(30);
    expect(((await stuck) as Error).message).toContain('get was not sent');
    expect((await other.visit((session) => session().get('n'))).result).toBe(7);
  });

  it('of many that are stuck, eight are probed in half a second', async () => {
    const others = Array.from({ length: 20 }, () => new Browser(browser.session));
    for (const other of others) await other.visit((session) => session().set('n', 7));
    await openBreaker();
    const calls = others.map((other) => other.visit((session) => session().get('n')).catch(() => {}));
    await vi.advanceTimersByTimeAsync(30);
    await Promise.all(calls);
    expect(store.probes).toBe(8);
  });
});

describe('a store that holds writes back', () => {
  let release: () => void;
  beforeEach(async () => {
    store.held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const first = write();
    // Reads are answered meanwhile.
    await vi.advanceTimersByTimeAsync(4 * SECOND);
    expect(await read()).toBe(1);
    await vi.advanceTimersByTimeAsync(SECOND);
    expect(await first).toMatchObject({ code: 'ERR_SESSION_STORE_TIMEOUT' });
  });

  it('answers reads at once', async () => {
    const { probes } = store;
    expect(await read()).toBe(1);
    expect(store.probes).toBe(probes);
  });

  it('keeps later writes for a moment', async () => {
    for (let visit = 0; visit < 3; visit++) {
      const later = write();
      await vi.advanceTimersByTimeAsync(250);
      expect((await later) as Error).toMatchObject({
        code: 'ERR_SESSION_STORE_TIMEOUT',
        message: expect.stringMatching(
          /has stopped answering writes, so set was not sent: nothing was read or/,
        ),
      });
    }
  });

  it('is written again once it has answered the write that had run out of time', async () => {
    release();
    await vi.advanceTimersByTimeAsync(0);
    expect(await write()).toBeUndefined();
    expect(await read()).toBe(2);
  });

  it('is written again by the write whose probe it answers', async () => {
    store.held = Promise.resolve(); // The earlier one is never answered.
    expect(await write()).toBeUndefined();
    expect(await read()).toBe(2);
  });

  it('is found to answer writes again by a read, so that no write fails for that', async () => {
    store.held = Promise.resolve();
    await read();
    const { writes } = store;
    expect(await write()).toBeUndefined();
    expect(store.writes).toBe(writes + 1);
  });

  it('a probe of writes changes nothing', async () => {
    const later = write();
    await vi.advanceTimersByTimeAsync(250);
    await later;
    release();
    await vi.advanceTimersByTimeAsync(0);
    expect(await read()).toBe(2);
  });
});

describe('a store that opens slowly', () => {
  it('keeps the first call until storeTimeout, later ones for a moment, and is used once open', async () => {
    let opened: (store: MemoryStore) => void = () => {};
    const opening = new Promise<MemoryStore>((resolve) => {
      opened = resolve;
    });
    const session = nextAppSession({
      name: `breaker-${name++}`,
      secret: 'a secret',
      store: () => opening,
      storeTimeout: 5,
    });
    browser = new Browser(session);
    const write = () => browser.visit((session) => session().set('n', 1)).catch((error) => error);
    const first = write();
    await vi.advanceTimersByTimeAsync(5 * SECOND);
    expect(await first).toMatchObject({ code: 'ERR_SESSION_STORE_TIMEOUT' });
    const later = write();
    await vi.advanceTimersByTimeAsync(30);
    expect(await later).toMatchObject({ code: 'ERR_SESSION_STORE_TIMEOUT' });
    const last = write();
    opened(new MemoryStore());
    await last;
    expect(await read()).toBe(1);
  });
});

describe('a store that works', () => {
  it('does not count as hanging for one slow call while it answers others', async () => {
    const slow = vi.spyOn(store.atomic, 'load').mockImplementationOnce(() => new Promise(() => {}));
    const first = read();
    await vi.advanceTimersByTimeAsync(4 * SECOND);
    expect(await read()).toBe(1);
    await vi.advanceTimersByTimeAsync(SECOND);
    expect(await first).toMatchObject({ code: 'ERR_SESSION_STORE_TIMEOUT' });
    expect(store.probes).toBe(0);
    expect(await read()).toBe(1);
    expect(slow).toHaveBeenCalledTimes(3);
  });

  it('does not count as hanging if it refuses what it is asked', async () => {
    vi.spyOn(store.atomic, 'swap').mockRejectedValue(new Error('READONLY You cannot write.'));
    const slow = vi.spyOn(store.atomic, 'load').mockImplementationOnce(() => new Promise(() => {}));
    const first = read();
    await vi.advanceTimersByTimeAsync(4 * SECOND);
    const refused = new Browser(browser.session).visit((session) => session().set('n', 1));
    await expect(refused).rejects.toMatchObject({ cause: { message: 'READONLY You cannot write.' } });
    await vi.advanceTimersByTimeAsync(SECOND);
    await first;
    expect(await read()).toBe(1);
    expect(slow).toHaveBeenCalledTimes(2);
    expect(store.probes).toBe(0);
  });

  it('that fails at once is called each time, and its own error is the cause', async () => {
    store.failure = new Error('READONLY');
    for (let visit = 0; visit < 3; visit++) {
      expect(await read()).toMatchObject({ code: 'ERR_SESSION_STORE', cause: { message: 'READONLY' } });
    }
    expect(store.probes).toBe(0);
  });
});
