import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import nextAppSession, { MemoryStore, type ReadOptions, type SessionEvent } from '../index.js';
import { Browser } from '../test-kits/browser.js';
import { Metering, Tracing } from '../test-kits/telemetry.js';

/** A store with a near cache: it answers at once what it was asked for once, until it is told to forget. */
class NearStore extends MemoryStore {
  /** Whether each load allowed a near record. */
  allowed: boolean[] = [];
  hangs = false;
  /** Whether what is near has to be parsed by an async serializer first. */
  parsesLater = false;
  readonly #near = new Map<string, Awaited<ReturnType<MemoryStore['atomic']['load']>>>();

  constructor() {
    super();
    const { load } = this.atomic;
    this.atomic.load = (id, options) => {
      this.allowed.push(options.near === true);
      const near = options.near ? this.#near.get(id) : undefined;
      if (!near) return this.#loadFar(id, options, load);
      const found = { ...near, source: 'near_cache' as const };
      return this.parsesLater ? Promise.resolve(found) : found;
    };
  }

  forget(): void {
    this.#near.clear();
  }

  override async get(id: string, options?: ReadOptions) {
    if (this.hangs) await new Promise(() => {});
    return super.get(id, options);
  }

  async #loadFar(id: string, options: ReadOptions, load: MemoryStore['atomic']['load']) {
    if (this.hangs) await new Promise(() => {});
    const found = await load(id, options);
    if (found) this.#near.set(id, found);
    return found;
  }
}

interface Data {
  n: number;
}

let store: NearStore;
let browser: Browser<Data>;
let events: SessionEvent[];

beforeEach(async () => {
  store = new NearStore();
  events = [];
  const onEvent = (event: SessionEvent) => events.push(event);
  const session = nextAppSession<Data>({
    secret: 'a secret',
    store,
    onEvent,
    storeTimeout: 0.2,
  });
  browser = new Browser(session);
  await browser.visit((session) => session().set('n', 1));
  await browser.visit((session) => session().get('n'));
  store.allowed = [];
});

/** Listeners are told after the fact. */
const toldEvents = () => new Promise((resolve) => setImmediate(resolve));

describe('a near record will do', () => {
  const allowedIn = async (visit: Parameters<typeof browser.visit>[0]) => {
    store.allowed = [];
    await browser.visit(visit);
    return store.allowed;
  };

  it('for the first read of a request, which is its only one', async () => {
    const reads = await allowedIn(async (session) => {
      await Promise.all([session().get('n'), session().all()]);
      await session().has('n');
    });
    expect(reads).toEqual([true]);
  });

  it('not for a write, which then begins with what is stored', async () => {
    expect(await allowedIn((session) => session().update((data) => ({ ...data, n: 2 })))).toEqual([false]);
  });

  it('not after reload()', async () => {
    const reads = await allowedIn(async (session) => {
      await session().get('n');
      await session().reload();
      await session().get('n');
    });
    expect(reads).toEqual([true, false]);
  });

  it('not after reload(), though there was nothing before', async () => {
    const other = new Browser(browser.session, Object.fromEntries(browser.cookies));
    await other.visit((session) => session().destroy());
    store.forget();
    const reads = await allowedIn(async (session) => {
      expect(await session().get('n')).toBeNull();
      await session().reload();
      await session().get('n');
    });
    expect(reads).toEqual([true, false]);
  });

  it('not after a sign-out of which nobody knows whether it took place', async () => {
    store.atomic.swap = () => Promise.reject(new Error('the answer was lost'));
    const reads = await allowedIn(async (session) => {
      await session().get('n');
      await expect(session().destroy()).rejects.toMatchObject({ code: 'ERR_SESSION_STORE' });
      await session().get('n');
    });
    expect(reads[0]).toBe(true);
    expect(reads.slice(1)).not.toContain(true);
  });

  it('not for a sign-out, nor for the read after it', async () => {
    const reads = await allowedIn(async (session) => {
      await session().destroy();
      expect(await session().get('n')).toBeNull();
    });
    expect(reads).not.toContain(true);
  });

  it('for a write after a read, whose swap then comes too late', async () => {
    const other = new Browser(browser.session, Object.fromEntries(browser.cookies));
    const { result } = await browser.visit(async (session) => {
      await other.visit((session) => session().update((data) => ({ ...data, n: 10 })));
      store.allowed = [];
      await session().get('n');
      await session().update((data) => ({ ...data, n: (data.n ?? 0) + 1 }));
      return session().all();
    });
    await toldEvents();
    expect(store.allowed).toEqual([true, false]);
    expect(result).toMatchObject({ n: 11 });
    expect(events.filter(({ type }) => type === 'conflict')).toHaveLength(1);
  });
});

describe('where a record was', () => {
  it('is said by spans, metrics and events', async () => {
    const [tracing, metering] = [new Tracing(), new Metering()];
    store.forget();
    await toldEvents();
    events.splice(0);
    for (let n = 0; n < 3; n++) await browser.visit((session) => session().get('n'));
    await toldEvents();
    const sources = (all: readonly object[]) =>
      all.map((values) => (values as Record<string, unknown>)['next_app_session.store.source']);
    const spans = tracing.spans.filter(({ name }) => name === 'next_app_session.store.get');
    expect(sources(spans.map(({ attributes }) => attributes))).toEqual([
      undefined,
      'near_cache',
      'near_cache',
    ]);
    const points = (await metering.points('next_app_session.store.operation.duration')).filter(
      ({ labels }) => labels['next_app_session.store.operation'] === 'get',
    );
    expect(sources(points.map(({ labels }) => labels))).toEqual([undefined, 'near_cache']);
    const gets = events.filter((event) => event.type === 'store_call' && event.operation === 'get');
    expect(gets.map((event) => 'source' in event && event.source)).toEqual([
      false,
      'near_cache',
      'near_cache',
    ]);
    tracing.unregister();
    metering.unregister();
  });
});

it.each(['source', 'size'])(
  'shows nowhere a %s that the store makes up, such as a column of that name',
  async (name) => {
    const tracing = new Tracing();
    const { load } = store.atomic;
    store.atomic.load = async (id, options) => {
      const found = await load(id, options);
      return found && { ...found, [name]: 'ada@example.com' };
    };
    await browser.visit((session) => session().get('n'));
    await toldEvents();
    expect(tracing.spans).toHaveLength(1);
    expect(JSON.stringify([tracing.spans[0]?.attributes, events])).not.toContain('ada');
    tracing.unregister();
  },
);

describe('a store that hangs', () => {
  it.each([
    ['', false],
    [', with an async serializer', true],
  ])('answers nothing by its near cache: the breaker opens as it does without%s', async (_, parsesLater) => {
    store.hangs = true;
    store.parsesLater = parsesLater;
    const write = () => browser.visit((session) => session().update((data) => data));
    const failure = write().then(
      () => 'none',
      (error) => error.message,
    );
    let isOver = false;
    void failure.finally(() => {
      isOver = true;
    });
    while (!isOver) {
      await browser.visit(async (session) => expect(await session().get('n')).toBe(1));
      await sleep(5);
    }
    expect(await failure).toContain('within storeTimeout');
    store.allowed = [];
    await expect(write()).rejects.toMatchObject({ code: 'ERR_SESSION_STORE_TIMEOUT' });
    // It was not sent.
    expect(store.allowed).toEqual([]);
  });
});
