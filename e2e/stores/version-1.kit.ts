import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire } from 'node:module';
import ConnectRedis7 from 'connect-redis7';
import { buildSync } from 'esbuild';
import type { Redis } from 'ioredis';
import { RequestCookies, ResponseCookies } from 'next/dist/compiled/@edge-runtime/cookies/index.js';
import type { Browser } from './browser.kit.js';

// The real next-app-session 1.0.7, as its README sets it up: ioredis, and connect-redis 7, the last that takes ioredis.
//
// It does not run as it is. Its main file is missing, it imports `next/headers` as only a bundler finds it, and it calls
// `cookies()` without await, which Next 16 no longer allows. So esbuild bundles it, as an app would, and `next/headers` is
// a `cookies()` as Next 13 and 14 have it: synchronous, over Next's own cookie classes. All else is what npm has.

/** What a request calls on 1.x. */
export interface Version1Session {
  all(): Promise<Record<string, unknown>>;
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown): Promise<void>;
  setAll(data: object): Promise<void>;
  destroy(key?: string): Promise<void>;
}

export interface Version1Options {
  readonly client: Redis;
  readonly secret?: string | undefined;
  readonly genid?: () => string;
}

interface Version1Store {
  get(id: string): Promise<object | null>;
  set(id: string, record: object): Promise<void>;
  destroy(id: string): Promise<void>;
}

interface Version1Package {
  default(options: object): () => Version1Session;
  promisifyStore(store: object): Version1Store;
}

/** The cookies of one request, in the form that 1.x wants. */
class Jar {
  readonly response = new ResponseCookies(new Headers());
  readonly #request: RequestCookies;

  constructor(cookies: Record<string, string>) {
    const pairs = Object.entries(cookies).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    this.#request = new RequestCookies(new Headers({ cookie: pairs.join('; ') }));
  }

  get(name: string): { value: string } | undefined {
    return this.response.get(name) ?? this.#request.get(name);
  }

  set(...cookie: Parameters<ResponseCookies['set']>): void {
    this.response.set(...cookie);
  }
}

const requests = new AsyncLocalStorage<Jar>();
const version1 = load();

/** An app on 1.x. Browsers of the app on this version may visit it too. */
export class Version1App {
  /** What happens in a write of 1.x between its read and its write: it is a GET and a SET of the whole record. */
  meanwhile: () => Promise<unknown> = async () => {};
  readonly #session: () => Version1Session;

  constructor({ client, ...options }: Version1Options) {
    const store = version1.promisifyStore(new ConnectRedis7({ client, prefix: 'sess:' }));
    const get = async (id: string) => {
      const record = await store.get(id);
      await this.meanwhile();
      return record;
    };
    this.#session = version1.default({ ...options, store: { ...store, get } });
  }

  async visit<T>(
    browser: Pick<Browser, 'cookies'>,
    handler: (session: () => Version1Session) => Promise<T>,
  ): Promise<T> {
    const jar = new Jar(browser.cookies);
    const result = await requests.run(jar, () => handler(this.#session));
    for (const { name, value } of jar.response.getAll()) browser.cookies[name] = value;
    return result;
  }
}

function load(): Version1Package {
  const require = createRequire(import.meta.url);
  const built = buildSync({
    entryPoints: [require.resolve('next-app-session1/dist/index.modern.js')],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    external: ['next'],
  });
  const headers = { cookies: () => requests.getStore() };
  const module = { exports: {} };
  const run = new Function('module', 'require', String(built.outputFiles[0]?.text));
  run(module, (name: string) => (name === 'next/headers' ? headers : require(name)));
  return module.exports as Version1Package;
}
