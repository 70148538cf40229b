import { Redis } from 'ioredis';
import { MemoryStore } from 'next-app-session';
import { LoopProcess, type Via } from './loop-process.kit.js';
import {
  type BrowserLoops,
  type LoopedBrowser,
  type Looping,
  loopBrowser,
  loopSignIns,
  type SignIn,
  type SignInLoops,
} from './looping-visits.mjs';
import { openStore } from './open-store.mjs';
import { byItself } from './redis-access.kit.js';
import { ask, type RevocationApp, revocationApp, type UsersOfSession } from './revocation-app.mjs';
import { RedisServer } from './servers/redis-server.js';

/** What the store holds before a round. */
export interface Crowd {
  /** Entries of the user's index whose records are gone. */
  readonly dead: number;
  /** Other sessions of the user. */
  readonly live: number;
}

/** The two sessions of the user that a round is about. */
export interface Sessions {
  /** Its cookie. */
  readonly owner: string;
  /** Its cookie. */
  readonly stolen: string;
  /** What the user knows the stolen one by. */
  readonly handle: string;
}

/** What the store holds of the user after a round. */
export interface Left {
  /** The devices of the records, grace copies included where they can be seen. */
  readonly devices: readonly string[];
  /** How many entries the index has, dead ones included where they can be seen. */
  readonly entries: number;
}

/** Where sessions are revoked in this process, while browsers loop in this or another one. */
export interface Place {
  readonly session: RevocationApp;
  /** Fills the store. Returns what brings it back to that, for each round. */
  prepare(crowd: Crowd): Promise<() => Promise<Sessions>>;
  loopBrowser(work: BrowserLoops): Looping<LoopedBrowser>;
  loopSignIns(work: SignInLoops): Looping<readonly SignIn[]>;
  left(): Promise<Left>;
  stop(): Promise<void>;
}

const SIGN_INS_AT_ONCE = 100;

/** Signs the user in on a device. Returns the cookie. */
export async function signIn(session: RevocationApp, device: string): Promise<string> {
  const { code, cookie } = await ask(session, 'sign in by regenerate', '', device);
  if (code !== 'ok' || !cookie) throw new Error(`A sign-in ended with ${code}.`);
  return cookie;
}

export async function signInTwo(session: RevocationApp): Promise<Sessions> {
  const owner = await signIn(session, 'owner');
  const stolen = await signIn(session, 'stolen');
  const listed = (await listAll(session)).find(({ data }) => data.device === 'stolen');
  return { owner, stolen, handle: listed?.handle ?? 'none is listed' };
}

export async function signInMany(session: RevocationApp, count: number, device: string): Promise<void> {
  for (let start = 0; start < count; start += SIGN_INS_AT_ONCE) {
    const length = Math.min(SIGN_INS_AT_ONCE, count - start);
    await Promise.all(Array.from({ length }, () => signIn(session, device)));
  }
}

/** Returns all sessions of the user, page by page. */
export async function listAll(session: RevocationApp) {
  const sessions = [];
  let cursor: string | null = null;
  do {
    const page = await session.user('ada').list({ limit: 100, ...(cursor !== null && { cursor }) });
    sessions.push(...page);
    cursor = page.cursor;
  } while (cursor);
  return sessions;
}

/** A Redis, and a second process with the same app, in which the browsers loop. */
export class RedisPlace implements Place {
  readonly session: RevocationApp;
  readonly #server: RedisServer;
  readonly #client: Redis;
  readonly #process: LoopProcess;
  readonly #closeStore: () => Promise<void>;
  /** How many members of sets and hashes the indices need for one session. */
  #membersOfEntry = 1;

  private constructor(
    server: RedisServer,
    loops: LoopProcess,
    session: RevocationApp,
    closeStore: () => Promise<void>,
  ) {
    this.#server = server;
    this.#client = new Redis(server.port);
    this.#process = loops;
    this.session = session;
    this.#closeStore = closeStore;
  }

  static async start(via: Via, users: UsersOfSession = 1, open = byItself): Promise<RedisPlace> {
    const server = await RedisServer.start();
    const access = await open(server);
    const loops = await LoopProcess.start(access.url, via, users);
    const { store, close } = await openStore(access.url);
    return new RedisPlace(server, loops, revocationApp(store, users), async () => {
      await close();
      await access.stop();
    });
  }

  /** Each round begins with the same content of Redis, so that only the first has to sign thousands in. */
  async prepare({ dead, live }: Crowd): Promise<() => Promise<Sessions>> {
    await this.#client.flushall();
    const sessions = await signInTwo(this.session);
    this.#membersOfEntry = (await this.#countMembers()) / 2;
    await signInMany(this.session, live, 'other');
    const kept = new Set(await this.#client.keys('*'));
    await signInMany(this.session, dead, 'dead');
    await this.#deleteRecords(kept);
    const dumps = await this.#dump();
    return async () => {
      const restoring = this.#client.pipeline().flushall();
      for (const { key, ttl, value } of dumps) restoring.restore(key, Math.max(0, ttl), value);
      await restoring.exec();
      return sessions;
    };
  }

  loopBrowser(work: BrowserLoops): Looping<LoopedBrowser> {
    return this.#process.loopBrowser(work);
  }

  loopSignIns(work: SignInLoops): Looping<readonly SignIn[]> {
    return this.#process.loopSignIns(work);
  }

  async left(): Promise<Left> {
    const { records } = await this.#keys();
    const values = records.length > 0 ? await this.#client.mget(...records) : [];
    const owned = values.filter((value) => value?.includes('"ada"'));
    const devices = owned.map((value) => /"device":"([^"]*)"/.exec(value ?? '')?.[1] ?? '?');
    return { devices, entries: (await this.#countMembers()) / this.#membersOfEntry };
  }

  async stop(): Promise<void> {
    this.#process.stop();
    this.#client.disconnect();
    await this.#closeStore();
    await this.#server.stop();
  }

  /** Deletes records past every library, as an eviction does, so that their entries are dead. */
  async #deleteRecords(kept: ReadonlySet<string>): Promise<void> {
    const { records } = await this.#keys();
    const deleting = this.#client.pipeline();
    for (const key of records) if (!kept.has(key)) deleting.del(key);
    await deleting.exec();
  }

  /** Returns all keys: records are text, and nothing else is. */
  async #keys() {
    const keys = await this.#client.keys('*');
    const types = await Promise.all(keys.map((key) => this.#client.type(key)));
    const records = keys.filter((_, index) => types[index] === 'string');
    return { records, others: keys.filter((key) => !records.includes(key)) };
  }

  async #dump() {
    return Promise.all(
      (await this.#client.keys('*')).map(async (key) => ({
        key,
        ttl: await this.#client.pttl(key),
        value: (await this.#client.dumpBuffer(key)) ?? Buffer.of(),
      })),
    );
  }

  /** Counts what names a session in sets and hashes: an index may keep other things there too. */
  async #countMembers(): Promise<number> {
    const { others } = await this.#keys();
    const members = await Promise.all(
      others.map(async (key) => {
        const type = await this.#client.type(key);
        if (type === 'zset') return this.#client.zrange(key, '0', '-1');
        if (type === 'hash') return Object.entries(await this.#client.hgetall(key)).flat();
        return this.#client.smembers(key);
      }),
    );
    return members.flat().filter((member) => /[\w-]{43}/.test(member)).length;
  }
}

let memoryPlaces = 0;

/** A MemoryStore, and the browsers in the same process. It has no dead entries: an entry goes with its record. */
export class MemoryPlace implements Place {
  readonly session = revocationApp(new MemoryStore(), 1, `revocation-${++memoryPlaces}`);

  async prepare({ live }: Crowd): Promise<() => Promise<Sessions>> {
    return async () => {
      await this.session.user('ada').revokeAll();
      const sessions = await signInTwo(this.session);
      await signInMany(this.session, live, 'other');
      return sessions;
    };
  }

  loopBrowser(work: BrowserLoops): Looping<LoopedBrowser> {
    return loopBrowser((...visit) => ask(this.session, ...visit), work);
  }

  loopSignIns(work: SignInLoops): Looping<readonly SignIn[]> {
    return loopSignIns((...visit) => ask(this.session, ...visit), work);
  }

  async left(): Promise<Left> {
    const sessions = await listAll(this.session);
    const devices = sessions.map(({ data }) => data.device ?? '?');
    return { devices, entries: sessions.length };
  }

  async stop(): Promise<void> {}
}
