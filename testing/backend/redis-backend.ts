import { SessionError } from '../../src/lib/errors.js';
import { safeCause } from '../../src/lib/safe-cause.js';
import type { RedisClient } from '../../src/stores/redis/redis-client.js';
import type { RedisStoreOptions } from '../../src/stores/redis/redis-options.js';
import { RedisStore } from '../../src/stores/redis/redis-store.js';
import { outsideBackend, usageError } from './outside-backend.js';
import type { SessionBackend } from './session-backend.js';

/** The options of the app's RedisStore that the backend has to share. */
export type RedisBackendOptions = Pick<RedisStoreOptions, 'prefix' | 'serializer'>;

/**
 * Makes a backend that reaches sessions in the Redis of the app under test. The app needs no change.
 *
 * @param urlOrClient the app's Redis: a URL (`redis://…`), which needs ioredis or the redis package, or a
 * connected client, which stays open.
 * @param options the options of the app's RedisStore. @default those of a RedisStore without options
 * @returns the `backend` for `sessionFixtures`. When a worker connects, it throws `ERR_SESSION_TESTING` if
 * Redis cannot be reached, or if neither `session` nor `name` and `secret` are given.
 * @example
 * const backend = redisBackend(process.env.REDIS_URL ?? 'redis://localhost:6379');
 * const test = base.extend(sessionFixtures({ session, backend }));
 */
export function redisBackend(
  urlOrClient: string | RedisClient,
  options: RedisBackendOptions = {},
): SessionBackend {
  return outsideBackend(
    async () => {
      const { client, close } = await clientOf(urlOrClient);
      return { store: new RedisStore({ client, ...options }), close };
    },
    { address: 'the URL of Redis with its database, the prefix', variable: 'REDIS_URL' },
  );
}

interface OpenClient {
  readonly client: RedisClient;
  close(): Promise<void>;
}

async function clientOf(urlOrClient: string | RedisClient): Promise<OpenClient> {
  if (typeof urlOrClient !== 'string') return { client: urlOrClient, close: async () => {} };
  const opened = (await openIoRedis(urlOrClient)) ?? (await openNodeRedis(urlOrClient));
  if (opened) return opened;
  throw usageError('redisBackend(url) needs ioredis or the redis package. Install one, or pass a client.');
}

async function openIoRedis(url: string): Promise<OpenClient | undefined> {
  const library = await installed(() => import('ioredis'));
  if (!library) return undefined;
  const client = new library.Redis(url, { lazyConnect: true, maxRetriesPerRequest: 1 });
  // Without a listener, the event would end the process. Each call throws the error, too.
  client.on('error', () => {});
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

/** Makes the function that throws the error. It tells only host and port: the URL may hold a password. */
function unreachable(url: string, release: () => void): (cause: Error) => never {
  return (cause) => {
    release();
    const where = URL.canParse(url) ? new URL(url).host : 'the given URL';
    throw new SessionError(
      'ERR_SESSION_TESTING',
      `redisBackend cannot reach Redis at ${where}. Start it first.`,
      { cause: safeCause(cause) },
    );
  };
}
