import { SessionError } from '../../src/lib/errors.js';
import { type Options, type ResolvedOptions, resolveOptions } from '../../src/options/options.js';
import { internalsOf } from '../../src/session-internals.js';
import type { RedisClient } from '../../src/stores/redis/redis-client.js';
import { RedisStore, type RedisStoreOptions } from '../../src/stores/redis/redis-store.js';
import { InspectableStore } from '../store/inspectable-store.js';
import type { BackendConnection, SessionBackend, SessionSettings } from './session-backend.js';
import { StoreRun } from './store-run.js';

/** As the app's RedisStore has them. */
export type RedisBackendOptions = Pick<RedisStoreOptions, 'prefix' | 'serializer'>;

/**
 * Reaches sessions in the Redis that the app under test uses, without any change to the app.
 *
 * @param urlOrClient what the app connects to: a URL (`redis://…`, for which ioredis or the redis package has to be
 * installed), or a connected client, which stays open.
 * @param options of the app's RedisStore, where it has them.
 */
export function redisBackend(
  urlOrClient: string | RedisClient,
  options: RedisBackendOptions = {},
): SessionBackend {
  return {
    async connect(settings): Promise<BackendConnection> {
      const resolved = resolveSettings(settings);
      const { client, close } = await clientOf(urlOrClient);
      const store = new RedisStore({ client, ...options });
      return { startRun: async () => new StoreRun(resolved, new InspectableStore(store)), close };
    },
  };
}

function resolveSettings({ session, ...options }: SessionSettings<object>): ResolvedOptions {
  if (session) {
    const internals = internalsOf(session);
    if (internals) return internals.options;
    throw wrong('session is not what nextAppSession(…) returned. Give it the `session` of lib/session.ts.');
  }
  const { name = 'sid', cookie } = options;
  if (!('secret' in options) && !('name' in options)) {
    throw wrong(
      'it has to sign cookies as the app does. Give it the `session` of the app, or name and secret.',
    );
  }
  // In production they are Secure. These tests do not run as production; the prefix demands it.
  const secure = cookie?.secure ?? /^__(host|secure)-/i.test(name);
  return resolveOptions({ ...options, cookie: { ...cookie, secure } } as Options);
}

interface OpenClient {
  readonly client: RedisClient;
  close(): Promise<void>;
}

async function clientOf(urlOrClient: string | RedisClient): Promise<OpenClient> {
  if (typeof urlOrClient !== 'string') return { client: urlOrClient, close: async () => {} };
  const opened = (await openIoRedis(urlOrClient)) ?? (await openNodeRedis(urlOrClient));
  if (opened) return opened;
  throw wrong('redisBackend(url) needs ioredis or the redis package. Install one, or give it a client.');
}

async function openIoRedis(url: string): Promise<OpenClient | undefined> {
  const library = await installed(() => import('ioredis'));
  if (!library) return undefined;
  const client = new library.Redis(url, { lazyConnect: true, maxRetriesPerRequest: 1 });
  client.on('error', () => {}); // Each call says so.
  await client.connect().catch(unreachable(url, () => client.disconnect()));
  return { client, close: async () => client.disconnect() };
}

async function openNodeRedis(url: string): Promise<OpenClient | undefined> {
  const library = await installed(() => import('redis'));
  if (!library) return undefined;
  const client = library.createClient({ url, socket: { reconnectStrategy: false } });
  client.on('error', () => {});
  await client.connect().catch(unreachable(url, () => {}));
  return { client: client as RedisClient, close: async () => client.destroy() };
}

async function installed<T>(load: () => Promise<T>): Promise<T | undefined> {
  try {
    return await load();
  } catch {
    return undefined;
  }
}

/** The URL may hold a password: host and port are enough to say. */
function unreachable(url: string, release: () => void): (cause: Error) => never {
  return (cause) => {
    release();
    const where = URL.canParse(url) ? new URL(url).host : 'the given URL';
    throw new SessionError(
      'ERR_SESSION_TESTING',
      `redisBackend cannot reach Redis at ${where}. Start it first.`,
      {
        cause,
      },
    );
  };
}

function wrong(what: string): SessionError {
  return new SessionError('ERR_SESSION_TESTING', `sessionFixtures: ${what}`);
}
