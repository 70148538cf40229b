import expressSession from 'express-session';
import type { GetServerSidePropsContext, NextApiRequest, NextApiResponse } from 'next';
import { NextRequest, NextResponse } from 'next/server.js';
import { expectTypeOf } from 'vitest';
import nextAppSession, {
  type AppSession,
  type EndReason,
  MemoryStore,
  type NextAppSession,
  type Options,
  promisifyStore,
  SessionError,
  type SessionErrorCode,
  type SessionEvent,
  type SessionHandler,
  type SessionInfo,
  type SessionRecord,
  type Store,
  type StoreOutcome,
  type UserSession,
  type UserSessionPage,
  type UserSessions,
} from './index.js';

// `tsc` runs this test: it passes if the file compiles.

interface Data {
  user: { name: string };
  count?: number;
  theme: 'light' | 'dark';
}

const session = nextAppSession<Data>({ secret: 'a secret' });

expectTypeOf(session()).toEqualTypeOf<AppSession<Data>>();
expectTypeOf(session()).toExtend<SessionHandler<Data>>();
expectTypeOf(session().get('user')).resolves.toEqualTypeOf<{ name: string } | null>();
expectTypeOf(session().get('theme')).resolves.toEqualTypeOf<'light' | 'dark' | null>();
expectTypeOf(session().get('count')).resolves.toEqualTypeOf<number | null>();
expectTypeOf(session().all()).resolves.toEqualTypeOf<Partial<Data>>();
expectTypeOf(session().has('user')).resolves.toEqualTypeOf<boolean>();
expectTypeOf(session().info()).resolves.toEqualTypeOf<SessionInfo | null>();
expectTypeOf(session().id()).resolves.toEqualTypeOf<string | null>();

// @ts-expect-error an unknown key
session().get('nobody');
// @ts-expect-error a value of another type
session().set('theme', 'blue');
// @ts-expect-error a key is missing
session().setAll({ theme: 'dark' });
// @ts-expect-error an async function
session().update(async (data) => data);

session().update((data) => {
  expectTypeOf(data).toEqualTypeOf<Partial<Data>>();
  data.count = (data.count ?? 0) + 1;
});
session().update((data) => ({ ...data, theme: 'dark' }));
session().regenerate((data) => ({ ...data, theme: 'light' }), { maxAge: 60 });
session().regenerate();
const remember = Math.random() > 0.5;
session().regenerate(undefined, { maxAge: remember ? 60 : null });
session().touch({ maxAge: 'browser' });
session().touch({ maxAge: undefined });
// @ts-expect-error no other word
session().touch({ maxAge: 'forever' });
session().destroy();
session().destroy('count');
expectTypeOf(
  session().refresh('count', {
    isFresh: (count, { now }) => {
      expectTypeOf(count).toEqualTypeOf<number>();
      return count > now;
    },
    renew: async (count, { signal }) => {
      expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
      return count + 1;
    },
    timeout: undefined,
  }),
).resolves.toEqualTypeOf<number | null>();
// @ts-expect-error renew returns a value of another type
session().refresh('count', { isFresh: () => true, renew: async () => 'new' });
// @ts-expect-error isFresh is async
session().refresh('count', { isFresh: async () => true, renew: async () => 1 });
// @ts-expect-error an unknown key
session().refresh('nobody', { isFresh: () => true, renew: async () => 1 });

// Without a type, values are unknown: they come from a store.
expectTypeOf(nextAppSession()().get('anything')).resolves.toEqualTypeOf<unknown>();

// Every place that can ask for a session.
declare const req: NextApiRequest;
declare const res: NextApiResponse;
declare const context: GetServerSidePropsContext;
session(req);
session(req, res);
session(context.req, context.res);
session(new NextRequest('http://localhost'), NextResponse.next());
session(new NextRequest('http://localhost'));
session(new Request('http://localhost'));
// @ts-expect-error a plain Response has no cookies to set
session(new NextRequest('http://localhost'), new Response());

// Stores of 1.x and of express-session.
class CustomStore implements Store {
  async get(_sid: string): Promise<SessionRecord | null> {
    return null;
  }
  async set(_sid: string, _record: SessionRecord): Promise<void> {}
  async destroy(_sid: string): Promise<void> {}
  async touch(_sid: string, _record: SessionRecord): Promise<void> {}
}
class TypedStore implements Store<Data> {
  async get(_sid: string): Promise<SessionRecord<Data> | undefined> {
    return undefined;
  }
  async set(_sid: string, _record: SessionRecord<Data>): Promise<void> {}
  async destroy(_sid: string): Promise<void> {}
}
const options: Options[] = [
  { store: new MemoryStore() },
  { store: new CustomStore() },
  { store: new TypedStore() },
  { store: () => new CustomStore() },
  { store: async () => new CustomStore() },
  { store: promisifyStore(new expressSession.MemoryStore()) },
  { user: () => 'ada', maxSessions: 3 },
  { user: () => 'ada', maxSessions: () => null, onSessionLimit: 'refuse' },
  { maxBytes: 2048 },
  { maxBytes: null },
  { secret: ['new', 'old'], cookie: { sameSite: 'none', secure: true, maxAge: 60 }, touchAfter: true },
];
expectTypeOf(options).toExtend<Options[]>();

// Errors.
declare const error: unknown;
if (SessionError.is(error)) expectTypeOf(error.code).toEqualTypeOf<SessionErrorCode>();

// Events are told apart by `type`.
nextAppSession({
  onEvent: (event) => {
    expectTypeOf(event).toEqualTypeOf<SessionEvent>();
    if (event.type === 'store_call') expectTypeOf(event.outcome).toEqualTypeOf<StoreOutcome>();
    if (event.type === 'destroyed') expectTypeOf(event.reason).toEqualTypeOf<EndReason>();
    // @ts-expect-error only a destroyed session has a reason
    if (event.type === 'created') event.reason;
    // @ts-expect-error no event has an ID
    event.id;
  },
});
// @ts-expect-error onEvent is a function
nextAppSession({ onEvent: 'log' });

// The sessions of a user are typed by their data, and by what `listed` shows of it.
interface Account {
  userId: string;
  device: string;
  admin: boolean;
}
const accounts = nextAppSession<Account, { device: string }>({
  user: (data) => {
    expectTypeOf(data).toEqualTypeOf<Partial<Account>>();
    return data.userId;
  },
  listed: (data) => ({ device: data.device ?? 'unknown' }),
});
const user = accounts.user('ada');
expectTypeOf(user).toEqualTypeOf<UserSessions<{ device: string }>>();
expectTypeOf(user.list()).resolves.toEqualTypeOf<UserSessionPage<{ device: string }>>();
expectTypeOf(user.list({ limit: 10, cursor: null })).resolves.toExtend<UserSession<{ device: string }>[]>();
expectTypeOf(user.revoke('handle')).resolves.toEqualTypeOf<boolean>();
expectTypeOf(user.revokeAll()).resolves.toEqualTypeOf<number>();
accounts.user(7);
// @ts-expect-error null is no user
accounts.user(null);
// Without a second type, `listed` may show any keys.
const untyped = nextAppSession<Account>({ listed: (data) => ({ device: data.device }) });
expectTypeOf(untyped.user('ada').list()).resolves.toEqualTypeOf<UserSessionPage<Record<string, unknown>>>();
// @ts-expect-error a user ID is a string or a number
nextAppSession<Account>({ user: (data) => data.admin });
const byTwo = nextAppSession<Account>({ user: ({ userId, admin }) => [userId, admin ? 'admins' : null] });
byTwo.user('admins');
// @ts-expect-error one of them at a time
byTwo.user(['ada', 'admins']);
// @ts-expect-error each of them is a string or a number
nextAppSession<Account>({ user: (data) => [data.userId, data] });
// @ts-expect-error the device is a string
nextAppSession<Account, { device: string }>({ listed: (data) => ({ device: data.admin }) });
// Options without a type fit every session.
const common: Options = { secret: 'secret', regenerateGrace: 10 };
nextAppSession<Account>(common);
const own: Options<Account> = { ...common, user: ({ userId }) => userId };
nextAppSession<Account>(own);

// What was written as a Date is read as the string that JSON makes of it. Both may be written, at any depth.
class Basket {
  items: string[] = [];
  readonly at = new Date();
  count() {
    return this.items.length;
  }
}
interface Node {
  at: Date;
  children: Node[];
}
interface Dated {
  signedInAt: Date;
  user: { joined: Date; seen?: Date; home: URL; pair: readonly [Date, 'a'] };
  basket: Basket;
  tree: Node;
  either: Date | number;
  id: string & { readonly brand: 'id' };
  map: Map<string, number>;
  big: bigint;
  bytes: Buffer;
  // biome-ignore lint/suspicious/noExplicitAny: stays as it is
  anything: any;
  unknown: unknown;
}
const dated = nextAppSession<Dated>({ user: ({ signedInAt }) => signedInAt?.slice() });
interface ReadUser {
  joined: string;
  seen?: string;
  home: string;
  pair: readonly [string, 'a'];
}
expectTypeOf(dated().get('signedInAt')).resolves.toEqualTypeOf<string | null>();
expectTypeOf(dated().get('user')).resolves.toEqualTypeOf<ReadUser | null>();
expectTypeOf(dated().get('basket')).resolves.toEqualTypeOf<{ items: string[]; readonly at: string } | null>();
expectTypeOf(dated().get('either')).resolves.toEqualTypeOf<string | number | null>();
expectTypeOf(dated().get('id')).resolves.toEqualTypeOf<Dated['id'] | null>();
expectTypeOf(dated().get('map')).resolves.toEqualTypeOf<null>();
expectTypeOf(dated().get('big')).resolves.toEqualTypeOf<null>();
expectTypeOf(dated().get('bytes')).resolves.toEqualTypeOf<null>();
expectTypeOf(dated().get('anything')).resolves.toBeAny();
expectTypeOf(dated().get('unknown')).resolves.toBeUnknown();
expectTypeOf(dated().all()).resolves.toHaveProperty('signedInAt').toEqualTypeOf<string | undefined>();
dated().set('signedInAt', new Date());
dated().set('signedInAt', new Date().toJSON());
dated().set('basket', new Basket());
dated()
  .get('tree')
  .then((tree) => tree && dated().set('tree', { at: new Date(), children: [tree] }));
dated()
  .get('user')
  .then((user) => user && dated().set('user', { ...user, joined: new Date() }));
// @ts-expect-error neither a Date nor what comes back for one
dated().set('signedInAt', 1);
dated().update((data) => {
  expectTypeOf(data.signedInAt).toEqualTypeOf<string | undefined>();
  data.signedInAt = new Date().toJSON();
  return { ...data, signedInAt: new Date() };
});

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
expectTypeOf(nextAppSession<{ json: Json }>()().get('json')).resolves.toExtend<Json | null>();

// A session of any data is a session: helpers take it, such as those of next-app-session/testing.
declare function takesAny(session: NextAppSession<object>): void;
takesAny(session);
takesAny(dated);
