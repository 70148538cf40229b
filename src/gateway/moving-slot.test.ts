import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import nextAppSession, { MemoryStore } from '../index.js';
import { Browser } from '../test-kits/browser.js';

/** A store in a Redis Cluster, whose slot is on the move for a while. */
class MovingStore extends MemoryStore {
  /** How many calls are still refused. */
  refusals = 0;
  calls = 0;

  constructor() {
    super();
    const { load, swap } = this.atomic;
    this.atomic.load = async (...args) => this.#call(() => load(...args));
    this.atomic.swap = async (...args) => this.#call(() => swap(...args));
  }

  override async get(id: string) {
    return this.#call(() => super.get(id));
  }

  #call<T>(answer: () => T): T {
    this.calls++;
    if (this.refusals-- > 0) throw new Error('TRYAGAIN Multiple keys request during rehashing of slot');
    return answer();
  }
}

let name = 0;
let store: MovingStore;
let browser: Browser;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
  store = new MovingStore();
  browser = new Browser(
    nextAppSession({ name: `moving-${name++}`, secret: 'a secret', store, storeTimeout: 5 }),
  );
  await browser.visit((session) => session().set('n', 1));
  store.calls = 0;
});

afterEach(() => {
  vi.useRealTimers();
});

it('sends a call again while its slot moves', async () => {
  store.refusals = 20;
  const visit = browser.visit((session) => session().get('n'));
  await vi.advanceTimersByTimeAsync(1000);
  expect((await visit).result).toBe(1);
  expect(store.calls).toBe(21);
});

it('gives up at storeTimeout, and knows that nothing was written', async () => {
  const visit = browser.visit(async (session) => {
    await session().get('n');
    store.refusals = Number.POSITIVE_INFINITY;
    return session()
      .set('n', 2)
      .catch((error) => error);
  });
  await vi.advanceTimersByTimeAsync(5000);
  expect((await visit).result).toMatchObject({
    code: 'ERR_SESSION_STORE',
    message: expect.stringContaining('Nothing was changed.'),
  });
  expect(store.calls).toBeGreaterThan(50);
  // Nobody waits for a slot that nobody serves.
  const next = browser.visit((session) =>
    session()
      .get('n')
      .catch((error) => error),
  );
  await vi.advanceTimersByTimeAsync(100);
  expect((await next).result).toMatchObject({ code: 'ERR_SESSION_STORE_TIMEOUT' });
});
