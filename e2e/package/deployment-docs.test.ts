import nextAppSession, {
  type AppSession,
  MemoryStore,
  type Options,
  type SessionRecord,
  type Store,
} from 'next-app-session';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { Browser } from '../stores/browser.kit.js';
import { read } from './repository.js';

const page = read('docs/deployment.md');
const OLD = 'the old secret, of 32 characters or more';
const NEW = 'the new secret, of 32 characters or more';
const OLD_KEY = 'the old encryption key, of 32 characters or more';
const HOUR = 3_600_000;

const store = new MemoryStore();
/** Another one: all MemoryStores of a name share their sessions. */
const records = new Map<string, SessionRecord>();
const otherStore: Store = {
  hashIds: true,
  get: async (id) => records.get(id) ?? null,
  set: async (id, record) => void records.set(id, record),
  destroy: async (id) => void records.delete(id),
};
const user = ({ user }: { user?: string }) => user;

/** Options of which only one is changed, by its name. `false`: visitors sign in once more. */
const CHANGES: readonly [option: keyof Options, before: Options, after: Options, stays: boolean][] = [
  ['name', { name: 'a' }, { name: 'b' }, false],
  ['store', {}, { store: otherStore }, false],
  ['hashIds', { hashIds: true }, { hashIds: false }, false],
  ['secret', { secret: OLD }, { secret: NEW }, false],
  ['secret', { secret: OLD }, { secret: [NEW, OLD] }, true],
  ['encryptionKey', {}, { encryptionKey: NEW }, false],
  ['encryptionKey', { encryptionKey: OLD_KEY }, { encryptionKey: NEW }, false],
  ['encryptionKey', { encryptionKey: OLD_KEY }, { encryptionKey: [NEW, OLD_KEY] }, true],
  [
    'cookie',
    { cookie: { maxAge: 86_400 } },
    { cookie: { sameSite: 'strict', httpOnly: false, maxAge: 60 } },
    true,
  ],
  ['idleTimeout', { idleTimeout: 86_400 }, { idleTimeout: 60 }, true],
  ['idleTimeout', { idleTimeout: 7200 }, { idleTimeout: 86_400 }, true],
  ['absoluteTimeout', { absoluteTimeout: 86_400 }, { absoluteTimeout: 7200 }, true],
  ['absoluteTimeout', { absoluteTimeout: 86_400 }, { absoluteTimeout: 1800 }, false],
  ['absoluteTimeout', { absoluteTimeout: 86_400, user }, { absoluteTimeout: 172_800, user }, true],
  ['user', {}, { user }, true],
  ['listed', { user }, { user, listed: (data) => ({ ...data }) }, true],
  ['genid', {}, { genid: () => crypto.randomUUID() }, true],
  ['maxBytes', {}, { maxBytes: 2048 }, true],
  ['maxBytes', {}, { maxBytes: 1024 }, false],
  ['maxSessions', { user }, { user, maxSessions: 1 }, true],
  ['onSessionLimit', { user, maxSessions: 1 }, { user, maxSessions: 1, onSessionLimit: 'refuse' }, true],
  ['onEvent', {}, { onEvent: () => {} }, true],
  ['regenerateGrace', {}, { regenerateGrace: 0 }, true],
  ['sessionHash', {}, { sessionHash: true }, true],
  ['storeTimeout', {}, { storeTimeout: 1 }, true],
  ['touchAfter', {}, { touchAfter: 0 }, true],
];

/** A server with these options. All of them share a store, unless they have their own. */
function serverOf(options: Options) {
  return nextAppSession({ secret: OLD, store, ...options } as Options<Record<string, unknown>>);
}

/** A visitor who signs in at a server. */
async function signedInAt(options: Options): Promise<Browser> {
  const browser = new Browser(serverOf(options));
  await browser.visit((session) => session().setAll({ user: 'ada', filler: 'x'.repeat(9000) }));
  return browser;
}

async function userAt(options: Options, { cookies }: Browser): Promise<unknown> {
  return new Browser(serverOf(options), cookies).visit((session) => session().get('user'));
}

afterEach(() => {
  vi.useRealTimers();
});

describe('the table of options', () => {
  const rows = [...page.matchAll(/^\| (`\w+`.*?) \| (stay signed in|sign in once more)(, unless)?/gm)];
  const rowOf = (option: string) => rows.filter(([, options = '']) => options.includes(`\`${option}\``));

  test('has each option once', () => {
    const options = [...read('docs/reference.md').matchAll(/^\| `(\w+)` \|/gm)].map(([, name = '']) => name);
    const known = options.slice(options.indexOf('name'), options.indexOf('regenerateGrace') + 1);
    expect(known).toHaveLength(new Set(CHANGES.map(([option]) => option)).size);
    for (const option of known) expect(rowOf(option), option).toHaveLength(1);
  });

  test.each(CHANGES)('%s: %o to %o', async (option, before, after, stays) => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const visitor = await signedInAt(before);
    vi.setSystemTime(Date.now() + HOUR);
    expect(await userAt(after, visitor)).toBe(stays ? 'ada' : null);
    const [, , says, unless] = rowOf(option)[0] ?? [];
    if (!unless) expect(says).toBe(stays ? 'stay signed in' : 'sign in once more');
  });

  test('with user, a longer absoluteTimeout counts for new sessions', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const visitor = await signedInAt({ user, absoluteTimeout: 7200 });
    const longer: Options = { user, absoluteTimeout: 86_400 };
    const later = await signedInAt(longer);
    vi.setSystemTime(Date.now() + HOUR);
    expect(await userAt(longer, visitor)).toBe('ada');
    vi.setSystemTime(Date.now() + HOUR);
    expect(await userAt(longer, visitor)).toBe(null);
    expect(await userAt(longer, later)).toBe('ada');
  });

  test.each([
    ['the same name', 'sid', null],
    ['another name', 'next', 'ada'],
  ])('another store with %s, while both servers run', async (_, name, user) => {
    const visitor = await signedInAt({});
    Object.assign(visitor.cookies, (await signedInAt({ name, store: otherStore })).cookies);
    expect(await userAt({}, visitor)).toBe(user);
  });
});

/** Goes through the values of a variable, and expects that nobody signs in again while two of them are in use. */
async function expectToStay(values: readonly string[], at: (value: string) => Options): Promise<void> {
  for (const [step, value] of values.slice(1).entries()) {
    const [before, after] = [at(values[step] ?? ''), at(value)];
    expect(await userAt(after, await signedInAt(before))).toBe('ada');
    expect(await userAt(before, await signedInAt(after))).toBe('ada');
  }
}

describe('the steps to rotate the secret', () => {
  /** The values of the variable, from the first to the last. */
  const values = [
    'old',
    ...[...page.matchAll(/^\d\. `SESSION_SECRET=([\w,]+)`/gm)].map(([, value = '']) => value),
  ];
  const at = (value: string): Options => ({
    secret: value.split(',').map((word) => (word === 'old' ? OLD : NEW)),
  });

  test('sign nobody out, whichever server answers while two values are in use', async () => {
    expect(values).toEqual(['old', 'old,new', 'new,old', 'new']);
    await expectToStay(values, at);
  });

  test('need the first one: servers that know the old secret alone reject what the others sign', async () => {
    expect(await userAt(at('old'), await signedInAt(at('new,old')))).toBe(null);
  });

  test.each<[string, (session: () => AppSession<Record<string, unknown>>) => Promise<void>]>([
    ['write', (session) => session().set('n', 1)],
    ['touch()', (session) => session().touch()],
  ])('move a cookie to the new secret at the next %s', async (_, use) => {
    const { cookies } = await signedInAt(at('old'));
    const browser = new Browser(serverOf(at('new,old')), cookies);
    await browser.visit(use);
    expect(await userAt(at('new'), browser)).toBe('ada');
  });
});

describe('the steps to a new name, by a variable', () => {
  const [steps = ''] =
    /^The steps are then `SESSION_NAME=.*/m.exec(read('docs/changing-the-cookie.md')) ?? [];
  const values = ['sid', ...[...steps.matchAll(/`SESSION_NAME=(.+?)`/g)].map(([, value = '']) => value)];
  const at = (value: string): Options => ({ name: value.split(','), cookie: { secure: true } });

  test('sign nobody out, whichever server answers while two values are in use', async () => {
    expect(values).toEqual(['sid', 'sid,__Host-sid', '__Host-sid,sid', '__Host-sid']);
    await expectToStay(values, at);
  });

  test('leave the old name out of the last one: a cookie that was not replaced opens nothing then', async () => {
    expect(await userAt(at('__Host-sid'), await signedInAt(at('sid')))).toBe(null);
  });
});

describe('the steps to rotate the encryption key', () => {
  const values = [
    'old',
    ...[...page.matchAll(/^\d\. `SESSION_ENCRYPTION_KEY=([\w,]+)`/gm)].map(([, value = '']) => value),
  ];
  const at = (value: string): Options => ({
    encryptionKey: value.split(',').map((word) => (word === 'old' ? OLD_KEY : NEW)),
  });

  test('sign nobody out, whichever server answers while two values are in use', async () => {
    expect(values).toEqual(['old', 'old,new', 'new,old', 'new']);
    await expectToStay(values, at);
  });

  test('need one read of a session, before the old key goes', async () => {
    const [read, unread] = [await signedInAt(at('old')), await signedInAt(at('old'))];
    expect(await userAt(at('new,old'), read)).toBe('ada');
    expect(await userAt(at('new'), read)).toBe('ada');
    expect(await userAt(at('new'), unread)).toBe(null);
  });

  test('need the first one: servers that know the old key alone open nothing that the others seal', async () => {
    expect(await userAt(at('old'), await signedInAt(at('new,old')))).toBe(null);
  });
});

describe('a new secret alone, as docs/recipes.md has it', () => {
  const limited: Options = { user, maxSessions: 1, onSessionLimit: 'refuse' };

  test('signs everybody out, and the records stay: the old secret would open them again', async () => {
    const visitor = await signedInAt({ secret: OLD, user });
    expect(await userAt({ secret: NEW, user }, visitor)).toBe(null);
    expect(await userAt({ secret: OLD, user }, visitor)).toBe('ada');
    expect((await serverOf({ secret: NEW, user }).user('ada').list()).length).toBeGreaterThan(0);
  });

  test('leaves no room where sign-ins are refused, and another name does', async () => {
    await signedInAt({ secret: OLD, ...limited, name: 'limited' });
    await expect(signedInAt({ secret: NEW, ...limited, name: 'limited' })).rejects.toMatchObject({
      code: 'ERR_SESSION_LIMIT',
    });
    await signedInAt({ secret: NEW, ...limited, name: 'limited2' });
  });
});

test('the alerts that wake somebody are the critical ones', () => {
  const { groups } = parse(read('dashboards/alerts.yml'));
  const critical = groups[0].rules.filter(
    ({ labels }: { labels: { severity: string } }) => labels.severity === 'critical',
  );
  const section = page.split('Wake somebody')[1]?.split('\n\n')[1] ?? '';
  expect([...section.matchAll(/^- \[(\w+)\]/gm)].map(([, name]) => name)).toEqual(
    critical.map(({ alert }: { alert: string }) => alert),
  );
});
