// One of several processes that read, write and revoke the same sessions through a near cache. Says at the end what it saw.
import { setTimeout as sleep } from 'node:timers/promises';
import { RedisStore } from 'next-app-session/redis';

const { PORT, DRIVER, WRITER, IDS } = process.env;

const drivers = {
  ioredis: async () => {
    const { Redis } = await import('ioredis');
    const client = new Redis({ port: PORT, maxRetriesPerRequest: 0, retryStrategy: () => 20 });
    return client.on('error', () => {});
  },
  'node-redis': async () => {
    const { createClient } = await import('redis');
    const socket = { port: Number(PORT), reconnectStrategy: () => 20 };
    const client = createClient({ socket }).on('error', () => {});
    return client.connect();
  },
};

const store = new RedisStore({ client: await drivers[DRIVER](), nearCache: {} });
const ids = Array.from({ length: Number(IDS) }, (_, at) => `id-${at}`);

/** The same in all processes of this machine. */
const now = () => Number(process.hrtime.bigint()) / 1e6;
const options = () => ({ now: Date.now(), clock: 'system', timeoutMs: 1000, near: true });
const pick = (list) => list[Math.floor(Math.random() * list.length)];

/** What became true, and when that was told at the latest. */
const changes = [];
/** When each version was last read, by `id version`: when the last of these reads began. */
const lastRead = {};
const sources = { near_cache: 0, redis: 0 };
/** What this process has been told of its own changes, by ID: a version that is gone. */
const gone = {};
const wrong = [];
let writes = 0;

async function load(id) {
  const at = now();
  const isGone = new Set(gone[id]);
  const loaded = await store.atomic.load(id, options());
  if (!loaded) return null;
  const { version } = loaded.record;
  sources[loaded.source ?? 'redis'] += 1;
  if (isGone.has(version)) wrong.push(`${id} ${version}: read by its own process after it was replaced`);
  lastRead[`${id} ${version}`] = at;
  return loaded;
}

function replaced(id, version, by) {
  changes.push({ id, version, by, at: now() });
  gone[id] = [...(gone[id] ?? []), version].slice(-50);
}

/** Writes over what it has read, which may be old. */
async function write(id) {
  const loaded = await load(id);
  const version = `${WRITER}.${++writes}`;
  const record = { cookie: { expires: Date.now() + 600_000 }, version };
  const swapped = await store.atomic.swap(id, loaded?.version ?? null, record, options());
  if (swapped !== null) replaced(id, loaded?.record.version ?? null, version);
}

/** Deletes what it has read, as a sign-out does. */
async function revoke(id) {
  const loaded = await load(id);
  if (!loaded) return;
  const swapped = await store.atomic.swap(id, loaded.version, { cookie: { expires: 0 } }, options());
  if (swapped !== null) replaced(id, loaded.record.version, null);
}

let isRunning = true;
process.on('message', () => {
  isRunning = false;
});
process.send('ready');
while (isRunning) {
  const chance = Math.random();
  const act = chance < 0.01 ? revoke : chance < 0.05 ? write : load;
  // A connection may be broken.
  await Promise.allSettled(ids.map((id) => load(id)));
  await Promise.resolve(act(pick(ids))).catch(() => {});
  await sleep(1);
}
process.send({ changes, lastRead, sources, wrong }, () => process.exit());
