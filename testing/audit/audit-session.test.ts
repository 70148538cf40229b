import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import nextAppSession, { MemoryStore, promisifyStore } from '../../src/index.js';
import { SpyStore } from '../../src/test-kits/spy-store.js';
import { type AuditLevel, auditSession } from '../index.js';
import { asvsRequirements } from './audit-session.js';

const SECRET = 'q7Jm2Zx9Vb4Tn6Rk8Pw1Ls3Hd5Gf0Cy=';
const user = (data: { userId?: string }) => data.userId;

/** A store as express-session has them: no compare and swap, no index. */
const expressStore = () =>
  promisifyStore({
    get: (_id: string, done: (error: unknown, record?: object | null) => void) => done(null, null),
    set: (_id: string, _record: object, done?: (error?: unknown) => void) => done?.(),
    destroy: (_id: string, done?: (error?: unknown) => void) => done?.(),
  } as never);

const setUps = {
  'the default': () => nextAppSession(),
  "the README's, as it is deployed": () => {
    vi.stubEnv('NODE_ENV', 'production');
    const session = nextAppSession({ name: process.env.SESSION_NAME, secret: process.env.SESSION_SECRET });
    vi.stubEnv('NODE_ENV', 'test');
    return session;
  },
  'strict, for level 3': () =>
    nextAppSession<{ userId: string }>({
      name: '__Host-sid',
      secret: SECRET,
      cookie: { secure: true, sameSite: 'strict' },
      idleTimeout: 900,
      absoluteTimeout: 43_200,
      regenerateGrace: 0,
      user,
      maxSessions: 3,
      store: new MemoryStore(),
    }),
  'shared with express-session': () =>
    nextAppSession({ name: 'connect.sid', secret: SECRET, store: expressStore(), hashIds: false }),
  'Redis and users, for level 2': () =>
    nextAppSession<{ userId: string }>({
      name: '__Host-sid',
      secret: SECRET,
      cookie: { secure: true },
      idleTimeout: 3600,
      absoluteTimeout: 86_400,
      user,
      maxSessions: 5,
      store: async () => new SpyStore(),
    }),
};

/** As docs/deployment.md has it. */
beforeEach(() => {
  vi.stubEnv('SESSION_NAME', '__Host-sid');
  vi.stubEnv('SESSION_SECRET', SECRET);
});
afterEach(() => void vi.unstubAllEnvs());

/** The requirements that a set-up does not meet. */
async function unmet(session: object, level?: AuditLevel): Promise<string[]> {
  const rows = await auditSession(session, { level });
  return rows.filter(({ status }) => status === 'setting').map(({ requirement }) => requirement);
}

async function row(requirement: string, session: object, level?: AuditLevel) {
  const found = (await auditSession(session, { level })).find((one) => one.requirement === requirement);
  if (!found) throw new Error(`no row ${requirement}`);
  return found;
}

describe('what is to change', () => {
  test('of the default set-up', async () => {
    const session = setUps['the default']();
    expect(await unmet(session, 1)).toEqual(['3.3.1', '7.2.1', '7.4.2']);
    expect(await unmet(session, 2)).toEqual([
      ...['3.3.1', '3.3.3', '7.1.2', '7.2.1', '7.3.1', '7.3.2'],
      ...['7.4.2', '7.4.3', '7.4.5', '7.5.2'],
    ]);
    expect(await unmet(session, 3)).toEqual(await unmet(session, 2));
  });

  test("of the README's, in the environment that docs/deployment.md asks for: the user option", async () => {
    const session = setUps["the README's, as it is deployed"]();
    expect(await unmet(session, 1)).toEqual(['7.4.2']);
    expect(await row('3.3.3', session)).toMatchObject({ status: 'met' });
  });

  test("of the README's without SESSION_NAME: the name too", async () => {
    vi.stubEnv('SESSION_NAME', undefined);
    expect(await unmet(setUps["the README's, as it is deployed"](), 1)).toEqual(['3.3.1', '7.4.2']);
  });

  test('of a strict one: nothing, at each level', async () => {
    const session = setUps['strict, for level 3']();
    expect(await unmet(session, 1)).toEqual([]);
    expect(await unmet(session, 2)).toEqual([]);
    expect(await unmet(session, 3)).toEqual([]);
  });

  test('of one that is shared with express-session: sessions may come back too', async () => {
    const session = setUps['shared with express-session']();
    expect(await unmet(session, 1)).toEqual(['3.3.1', '7.4.1', '7.4.2']);
    expect(await row('7.2.3', session)).toMatchObject({
      status: 'met',
      because: expect.stringContaining('The store holds the ID itself'),
    });
  });

  test('of one with Redis and users: nothing for level 2, shorter timeouts for level 3', async () => {
    const session = setUps['Redis and users, for level 2']();
    expect(await unmet(session, 2)).toEqual([]);
    expect(await unmet(session, 3)).toEqual(['7.3.1', '7.3.2']);
    expect(await unmet(session)).toEqual(['7.3.1', '7.3.2']);
  });
});

describe('the rows', () => {
  test('are the 24 of ASVS 5.0.0, by level', async () => {
    const counts = await Promise.all(
      ([1, 2, 3] as const).map(
        async (level) => (await auditSession(setUps['the default'](), { level })).length,
      ),
    );
    expect(counts).toEqual([7, 22, 24]);
    expect(asvsRequirements.map(({ requirement, level }) => `${requirement} L${level}`)).toEqual([
      ...['3.3.1 L1', '3.3.2 L2', '3.3.3 L2', '3.3.4 L2', '3.3.5 L3'],
      ...['7.1.1 L2', '7.1.2 L2', '7.1.3 L2'],
      ...['7.2.1 L1', '7.2.2 L1', '7.2.3 L1', '7.2.4 L1'],
      ...['7.3.1 L2', '7.3.2 L2'],
      ...['7.4.1 L1', '7.4.2 L1', '7.4.3 L2', '7.4.4 L2', '7.4.5 L2'],
      ...['7.5.1 L2', '7.5.2 L2', '7.5.3 L3', '7.6.1 L2', '7.6.2 L2'],
    ]);
  });

  test('say what the table in docs/security.md says of who meets them', async () => {
    const audits = await Promise.all(Object.values(setUps).map((setUp) => auditSession(setUp())));
    for (const { requirement, by } of asvsRequirements) {
      const seen = new Set(audits.map((rows) => rows.find((one) => one.requirement === requirement)?.status));
      if (by === 'app') expect([requirement, ...seen]).toEqual([requirement, 'app']);
      if (by === 'library') expect([requirement, ...seen]).toContain('met');
    }
  });

  test('hold no secret', async () => {
    for (const setUp of Object.values(setUps)) {
      expect(JSON.stringify(await auditSession(setUp()))).not.toContain(SECRET);
    }
  });

  test('7.1.1 names the timeouts to write down', async () => {
    expect((await row('7.1.1', nextAppSession())).because).toContain(
      'idleTimeout is 86400 seconds, absoluteTimeout is not set',
    );
  });
});

describe('the cookie', () => {
  test('3.3.1: Secure counts as it is in production, where it is the default', async () => {
    const name = { secret: SECRET };
    expect((await row('3.3.1', nextAppSession(name))).because).toBe(
      'The cookie is named sid: a page over plain http could set it.',
    );
    expect(await row('3.3.1', nextAppSession({ ...name, cookie: { secure: false } }))).toMatchObject({
      status: 'setting',
      because: 'cookie.secure is false.',
      fix: expect.stringContaining('load the module with NODE_ENV=production'),
    });
  });

  test('3.3.1 and 3.3.3: a cookie of several hosts is __Secure-', async () => {
    const session = (name: string) =>
      nextAppSession({ name, cookie: { secure: true, domain: 'example.com' } });
    expect(await row('3.3.1', session('__Secure-sid'))).toMatchObject({ status: 'met' });
    expect(await row('3.3.3', session('__Secure-sid'))).toMatchObject({ status: 'app' });
    expect(await row('3.3.1', session('sid'))).toMatchObject({
      status: 'setting',
      fix: expect.stringContaining('__Secure-sid'),
    });
    expect(
      await row('3.3.1', nextAppSession({ name: '__host-sid', cookie: { secure: true } })),
    ).toMatchObject({ status: 'setting' });
  });

  test('3.3.1 and 3.3.3 say how to change a name that visitors have, and where a test finds it', async () => {
    for (const requirement of ['3.3.1', '3.3.3'])
      expect(await row(requirement, nextAppSession({ name: 'shop' }))).toMatchObject({
        docs: 'docs/deployment.md#the-cookies-name',
        fix: expect.stringMatching(
          /\['__Host-sid', 'shop'\].* environment variable has the name, set that in this test too/,
        ),
      });
  });

  test('3.3.1: former names are told', async () => {
    const session = nextAppSession({ name: ['__Host-sid', 'old'], cookie: { secure: true } });
    expect((await row('3.3.1', session)).because).toContain('also read as old');
  });

  test.each([
    ['none', 'setting'],
    [false, 'setting'],
    ['lax', 'met'],
    [true, 'met'],
  ] as const)('3.3.2: sameSite %s is %s', async (sameSite, status) => {
    const session = nextAppSession({ cookie: { sameSite, secure: true } });
    expect(await row('3.3.2', session)).toMatchObject({ status });
  });

  test('3.3.4: a cookie that scripts read', async () => {
    expect(await row('3.3.4', nextAppSession({ cookie: { httpOnly: false } }))).toMatchObject({
      status: 'setting',
    });
  });

  test('3.3.5: a name of thousands of letters', async () => {
    expect(await row('3.3.5', nextAppSession())).toMatchObject({ status: 'met' });
    expect(await row('3.3.5', nextAppSession({ name: 'n'.repeat(3500) }))).toMatchObject({
      status: 'setting',
    });
  });
});

describe('the token', () => {
  test('7.2.1: whether who can write to the store can make a session', async () => {
    const encryptionKey = 'the encryption key of these tests';
    const sealed = nextAppSession({ secret: SECRET, encryptionKey });
    expect(await row('7.2.1', sealed)).toMatchObject({
      status: 'met',
      because: expect.stringMatching(/Records are sealed/),
    });
    expect(await row('7.2.1', nextAppSession({ secret: SECRET }))).toMatchObject({
      status: 'met',
      because: expect.stringMatching(/can write to the store can make a session.*encryptionKey/),
    });
    expect(JSON.stringify(await auditSession(sealed))).not.toContain(encryptionKey);
  });

  test.each([
    ['of 31 characters', SECRET.slice(1)],
    ['of one letter', 'a'.repeat(64)],
    ['weak among others', [SECRET, 'old']],
  ])('7.2.1: a secret %s', async (_, secret) => {
    expect(await row('7.2.1', nextAppSession({ secret }))).toMatchObject({ status: 'setting' });
  });

  test.each([
    ['a UUID: 122 bits', () => crypto.randomUUID(), 'setting'],
    ['a counter', counter(), 'setting'],
    ['a time and a counter', timed(), 'setting'],
    ['always the same', () => 'x'.repeat(32), 'setting'],
    ['128 bits in base64url', async () => Buffer.from(random(16)).toString('base64url'), 'app'],
    ['128 bits in hex', () => Buffer.from(random(16)).toString('hex'), 'app'],
  ])('7.2.3: genid that returns %s', async (_, genid, status) => {
    expect(await row('7.2.3', nextAppSession({ genid }))).toMatchObject({ status });
  });

  test('7.2.3: genid that returns what is no ID throws', async () => {
    await expect(auditSession(nextAppSession({ genid: () => 'a b' }))).rejects.toMatchObject({
      code: 'ERR_SESSION_ID',
    });
  });

  test('7.2.4: how long the old ID reads', async () => {
    expect((await row('7.2.4', nextAppSession())).because).toContain('for 5 seconds');
    expect((await row('7.2.4', setUps['strict, for level 3']())).because).toContain('ends at once');
  });
});

describe('the life of a session', () => {
  test.each([
    [3600, 2, 'met'],
    [3601, 2, 'setting'],
    [900, 3, 'met'],
    [901, 3, 'setting'],
  ] as const)('7.3.1: an idleTimeout of %i seconds, for level %i: %s', async (idleTimeout, level, status) => {
    expect(await row('7.3.1', nextAppSession({ idleTimeout }), level)).toMatchObject({ status });
  });

  test.each([
    [86_400, 2, 'met'],
    [86_401, 2, 'setting'],
    [43_200, 3, 'met'],
    [43_201, 3, 'setting'],
    [undefined, 2, 'setting'],
  ] as const)(
    '7.3.2: an absoluteTimeout of %s seconds, for level %i: %s',
    async (absoluteTimeout, level, status) => {
      expect(await row('7.3.2', nextAppSession({ absoluteTimeout }), level)).toMatchObject({ status });
    },
  );

  test('7.4.1: records in plain IDs on a store that can compare and swap', async () => {
    const session = nextAppSession({ store: new MemoryStore(), hashIds: false });
    expect(await row('7.4.1', session)).toMatchObject({ status: 'app' });
  });
});

describe('misuse', () => {
  test('something that is no session', async () => {
    await expect(auditSession({})).rejects.toMatchObject({ code: 'ERR_SESSION_TESTING' });
  });

  test('a level or an option that does not exist', async () => {
    const session = nextAppSession();
    await expect(auditSession(session, { level: 4 as never })).rejects.toThrow('give 1, 2 or 3');
    await expect(auditSession(session, { levels: 2 } as never)).rejects.toThrow('levels');
  });

  test('a store that cannot be opened', async () => {
    const store = () => Promise.reject(new Error('no server'));
    await expect(auditSession(nextAppSession({ store }))).rejects.toMatchObject({
      code: 'ERR_SESSION_STORE',
    });
  });
});

describe('in production', () => {
  beforeEach(() => void vi.stubEnv('NODE_ENV', 'production'));

  test('a fix does not speak of NODE_ENV', async () => {
    const session = nextAppSession({ secret: SECRET, cookie: { secure: false } });
    expect(await row('3.3.1', session)).toMatchObject({
      status: 'setting',
      fix: 'Leave cookie.secure out, or set it to true.',
    });
  });
});

function random(bytes: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(bytes));
}

function counter() {
  let n = 0;
  return () => `session-${++n}`;
}

function timed() {
  let n = 0;
  return () => `${Date.now()}-${++n}`;
}
