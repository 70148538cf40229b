// What a skilled user writes by hand. `hand` loses updates; `hand, compare-and-swap` does not; `hand, sliding` starts
// the idle timeout anew with each read, as a session library has to.
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { nanoid } from 'nanoid';

const SECRET = 'a secret of the benchmark, 32 letters';
const DAY_MS = 86_400_000;
const COOKIE = { httpOnly: true, path: '/', sameSite: 'lax', secure: true };

const hmac = (id) => createHmac('sha256', SECRET).update(id).digest('base64url');
const sign = (id) => `${id}.${hmac(id)}`;

function unsign(value) {
  const dot = value?.lastIndexOf('.') ?? -1;
  if (dot < 0) return null;
  const id = value.slice(0, dot);
  const given = Buffer.from(value.slice(dot + 1));
  const expected = Buffer.from(hmac(id));
  return given.length === expected.length && timingSafeEqual(given, expected) ? id : null;
}

/** A handler on a storage of texts: `read`, `create`, `write`, `remove`. */
export function byHand({ cookies }, storage) {
  const currentId = async () => unsign((await cookies()).get('hand')?.value);
  const load = async () => {
    const id = await currentId();
    const text = id && (await storage.read(id));
    return { id, text, data: text ? JSON.parse(text) : {} };
  };
  const readFive = async () => {
    const { data } = await load();
    return [data.k0, data.k1, data.k2, data.k3, data.k4];
  };
  const change = (update) => storage.write(load, update);
  const start = async (data) => {
    const id = nanoid();
    await storage.create(id, JSON.stringify(data));
    return id;
  };
  return {
    seed: async (data) => `hand=${sign(await start(data))}`,
    works: {
      data: async () => (await load()).data,
      'read 1': async () => (await load()).data.k0,
      'read 5': readFive,
      'read 5 at once': readFive,
      increment: () => change((data) => ({ ...data, n: data.n + 1 })),
      'read, increment': async () => {
        const session = await load();
        await storage.write(
          async () => session,
          (data) => ({ ...data, n: session.data.n + 1 }),
        );
      },
      set: (key = 'k0', value = 'v') => change((data) => ({ ...data, [key]: value })),
      create: async () => {
        const id = await start({ k0: 'v' });
        (await cookies()).set('hand', sign(id), COOKIE);
      },
      regenerate: async () => {
        const { id, data } = await load();
        const next = await start(data);
        await storage.remove(id);
        (await cookies()).set('hand', sign(next), COOKIE);
      },
    },
  };
}

/** A `SET` writes over what another request has written since the `GET`. */
const inRedis = ({ redis }) => ({
  read: (id) => redis.get(`hand:${id}`),
  create: (id, text) => redis.set(`hand:${id}`, text, 'PX', DAY_MS),
  write: async (load, update) => {
    const { id, data } = await load();
    await redis.set(`hand:${id}`, JSON.stringify(update(data)), 'PX', DAY_MS);
  },
  remove: (id) => redis.del(`hand:${id}`),
});

const SWAP = `
local stored = redis.call('GET', KEYS[1])
if not stored or redis.sha1hex(stored) ~= ARGV[1] then
  redis.call('DEL', KEYS[2])
  return 0
end
redis.call('RENAME', KEYS[2], KEYS[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1`;
const sha1 = (text) => createHash('sha1').update(text).digest('hex');

/** The value goes by a key of its own, so that no trace shows it as a script's argument. */
async function compareAndSwap(redis, load, update) {
  for (;;) {
    const { id, text, data } = await load();
    const staged = `hand:${id}:${randomBytes(8).toString('hex')}`;
    const replies = await redis
      .pipeline()
      .set(staged, JSON.stringify(update(data)), 'PX', 10_000)
      .evalsha(sha1(SWAP), 2, `hand:${id}`, staged, sha1(text), DAY_MS)
      .exec();
    if (replies[1][1] === 1) return;
    if (replies[1][0]) await redis.script('LOAD', SWAP);
  }
}

export const hand = (next) => byHand(next, inRedis(next));
export const handSliding = (next) =>
  byHand(next, { ...inRedis(next), read: (id) => next.redis.getex(`hand:${id}`, 'PX', DAY_MS) });
export const handSwapping = (next) =>
  byHand(next, { ...inRedis(next), write: (load, update) => compareAndSwap(next.redis, load, update) });
