import type * as main from 'next-app-session';
import type * as redis from 'next-app-session/redis';
import type * as sql from 'next-app-session/sql';
import type * as studio from 'next-app-session/studio';
import type * as testing from 'next-app-session/testing';
import type * as playwright from 'next-app-session/testing/playwright';

// `tsc` runs this test: it passes if the file compiles. Under `exactOptionalPropertyTypes`, which `tsc --init` sets, an
// optional property refuses `process.env.X` unless its type names `undefined`.

/** The optional properties of `T` that refuse `undefined`. */
type Refusing<T> = {
  [K in keyof T]-?: object extends Pick<T, K> ? (Record<K, undefined> extends Pick<T, K> ? never : K) : never;
}[keyof T];

/** What users give to this library. optional-properties.test.ts sees that none is missing. */
interface Given {
  CallOptions: main.CallOptions;
  CookieOptions: main.CookieOptions;
  ListOptions: main.ListOptions;
  MemoryStoreOptions: main.MemoryStoreOptions;
  Options: main.Options;
  PromisifyOptions: main.PromisifyOptions;
  ReadOptions: main.ReadOptions;
  RefreshOptions: main.RefreshOptions;
  RemoveOptions: main.RemoveOptions;
  RevokeChoice: main.RevokeChoice;
  // `touch` is a method: a store has it or not.
  Store: Omit<main.Store, 'touch'>;
  NearCacheOptions: redis.NearCacheOptions;
  RedisStoreOptions: redis.RedisStoreOptions;
  Serializer: redis.Serializer;
  SqlStoreOptions: sql.SqlStoreOptions;
  StudioOptions: studio.StudioOptions;
  ApiRequest: testing.ApiRequest;
  AuditOptions: testing.AuditOptions;
  BrowserOptions: testing.BrowserOptions<object>;
  Duration: testing.Duration;
  FailOptions: testing.FailOptions;
  HistoryOptions: testing.HistoryOptions;
  InterleavingOptions: testing.InterleavingOptions<object>;
  MockCookiesOptions: testing.MockCookiesOptions;
  RouteRequest: testing.RouteRequest;
  StoreContract: testing.StoreContract;
  TesterOptions: testing.TesterOptions<object>;
  TestRequest: testing.TestRequest;
  ControlBackendOptions: playwright.ControlBackendOptions;
  FaultOptions: playwright.FaultOptions;
  PollOptions: playwright.PollOptions;
  RedisBackendOptions: playwright.RedisBackendOptions;
  SeedOptions: playwright.SeedOptions;
  SqlBackendOptions: playwright.SqlBackendOptions;
  SessionFixtureOptions: playwright.SessionFixtureOptions;
  SessionSettings: playwright.SessionSettings;
  UserOptions: playwright.UserOptions;
}

/** The properties that refuse `undefined`, each with the name of its type. */
type Refused = { [Name in keyof Given]: `${Name}.${Refusing<Given[Name]> & string}` }[keyof Given];

const none: Record<Refused, never> = {};

// The check can fail.
type Exact = Refusing<{ secret?: string; prefix?: string | undefined; client: object }>;
const secret: Exact = 'secret';
// @ts-expect-error it accepts undefined
const prefix: Exact = 'prefix';
// @ts-expect-error it is not optional
const client: Exact = 'client';

export { client, none, prefix, secret };
