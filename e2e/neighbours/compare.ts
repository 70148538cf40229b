import { expect } from 'vitest';
import type { RedisServer } from '../stores/servers/redis-server.js';
import { type Site, Visitor } from '../versions/visitor.js';

/** An ID of express-session, of Auth.js or of nanoid: another one for each session. */
const ID = /^[\w-]{20,}$/;

/** What a row did: its value, and the data of the session afterwards. */
export interface Outcome {
  readonly value: unknown;
  readonly data: unknown;
}

/** Runs one row of an app, for a new visitor with this data. */
export async function runRow(site: Site, row: number, data: object): Promise<Outcome> {
  const visitor = new Visitor(site);
  await postTo(visitor, '/api/seed', data);
  const { value } = await postTo(visitor, `/api/rows/${row}`, {});
  return {
    value: typeof value === 'string' && ID.test(value) ? 'an ID' : value,
    data: await dataOf(visitor),
  };
}

/** Returns whether the visitor has another session ID after this row. The cookie shows it after the next write. */
export async function changesId(site: Site, row: number, data: object): Promise<boolean> {
  const visitor = new Visitor(site);
  await postTo(visitor, '/api/seed', data);
  const before = idOf(visitor);
  await postTo(visitor, `/api/rows/${row}`, {});
  await postTo(visitor, '/api/seed', { visits: 9 });
  return idOf(visitor) !== before;
}

/** Returns how many hours the store keeps a session after this row. Without it, the session would live for a minute. */
export async function hoursAfter(site: Site, row: number, data: object, redis: RedisServer): Promise<number> {
  const visitor = new Visitor(site);
  await postTo(visitor, '/api/seed', data);
  const key = `sess:${idOf(visitor)}`;
  expect(await redis.command('EXPIRE', key, '60')).toBe('1');
  await postTo(visitor, `/api/rows/${row}`, {});
  return Math.round(Number(await redis.command('TTL', key)) / 3600);
}

/** Returns the ID in the visitor's cookie, as express-session and this library sign it. */
function idOf({ cookies }: Visitor): string {
  const [value = ''] = cookies.values();
  const [, id] = /^s:([\w-]+)\./.exec(decodeURIComponent(value)) ?? [];
  if (!id) throw new Error('The visitor has no session.');
  return id;
}

/** Returns what the app shows of the visitor's session. */
export async function dataOf(visitor: Visitor): Promise<unknown> {
  return JSON.parse((await visitor.open('/api/data')).text);
}

/** Returns the answer, which has to be a good one. */
export async function postTo(visitor: Visitor, path: string, body: object): Promise<{ value?: unknown }> {
  const { status, text } = await visitor.post(path, body);
  if (status !== 200) throw new Error(`POST ${path} answered ${status}: ${text.slice(0, 500)}`);
  return JSON.parse(text);
}
