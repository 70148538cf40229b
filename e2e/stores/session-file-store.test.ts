import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sign } from 'cookie-signature';
import nextAppSession, { type Store } from 'next-app-session';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Browser } from './browser.kit.js';
import { openFileStore } from './express-stores.kit.js';

const SECRET = 'a secret of the tests';
const VICTIM = JSON.stringify({ user: 'root', __lastAccess: Date.now() });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'file-store-'));
  mkdirSync(join(folder, 'sessions'));
  writeFileSync(join(folder, 'victim.json'), VICTIM);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Wraps a store so that the IDs that reach it are recorded. */
function watched(store: Store<object>): { store: Store<object>; ids: string[] } {
  const ids: string[] = [];
  const recorded =
    <T>(run: (id: string, ...rest: never[]) => T) =>
    (id: string, ...rest: unknown[]) => {
      ids.push(id);
      return run(id, ...(rest as never[]));
    };
  return {
    ids,
    store: { ...store, get: recorded(store.get), set: recorded(store.set), destroy: recorded(store.destroy) },
  };
}

describe.each(['../victim', './../victim', '..', 'a/../../victim', '..\\victim', '%2e%2e%2fvictim'])(
  'an ID of %j',
  (id) => {
    it.each([
      ['unsigned', {}, id],
      // By someone who knows the secret, or with a genid of an app that lets visitors choose.
      ['signed', { secret: SECRET }, `s:${sign(id, SECRET)}`],
    ])('%s reaches no store', async (_, options, sid) => {
      const { store, ids } = watched(openFileStore(join(folder, 'sessions')));
      const eve = new Browser(nextAppSession({ store, ...options }), { sid });
      expect(await eve.visit((session) => session().all())).toEqual({});
      await eve.visit((session) => session().destroy());
      expect(ids).toEqual([]);
      expect(readdirSync(folder).sort()).toEqual(['sessions', 'victim.json']);
    });

    it('is refused by the wrapped store itself', async () => {
      const store = openFileStore(join(folder, 'sessions'));
      expect(await store.get(id)).toBeNull();
      await store.destroy(id);
      await expect(Promise.resolve(store.set(id, {}))).rejects.toMatchObject({ code: 'ERR_SESSION_ID' });
      expect(readdirSync(folder).sort()).toEqual(['sessions', 'victim.json']);
      expect(readdirSync(join(folder, 'sessions'))).toEqual([]);
    });
  },
);

describe('a missing session', () => {
  const timeOf = async (store: Store<object>) => {
    const started = performance.now();
    expect(await store.get('missing')).toBeNull();
    return performance.now() - started;
  };

  it('takes a quarter of a second to be sure of, by default', async () => {
    expect(await timeOf(openFileStore(join(folder, 'sessions'), {}))).toBeGreaterThan(200);
  });

  it('takes no time with retries: 0', async () => {
    expect(await timeOf(openFileStore(join(folder, 'sessions')))).toBeLessThan(100);
  });
});

it('a file that is no JSON is an error the first time, then gone', async () => {
  writeFileSync(join(folder, 'sessions/broken.json'), '{');
  const store = openFileStore(join(folder, 'sessions'));
  await expect(Promise.resolve(store.get('broken'))).rejects.toThrow(SyntaxError);
  expect(await store.get('broken')).toBeNull();
});

it('what it adds to a record is not added to the one it was given', async () => {
  const record = { cookie: { originalMaxAge: 60_000, expires: new Date(Date.now() + 60_000).toISOString() } };
  const before = structuredClone(record);
  await openFileStore(join(folder, 'sessions')).set('id', record);
  expect(record).toEqual(before);
});
