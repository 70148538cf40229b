import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { races } from '../testing/races/all.js';
import { mariadb, postgresql, redis, type SharedStore } from './shared-stores.kit.js';

// The apps of e2e/testing/races.test.ts, with their sessions on real servers.

describe.each([redis, postgresql, mariadb])('on $name', ({ start }) => {
  let shared: SharedStore;
  beforeAll(async () => {
    shared = await start();
  });
  afterAll(() => shared.stop());

  /** Each order finds the store empty, the lists of users too. */
  const store = async () => {
    await shared.clear();
    return shared.store;
  };

  test.each(races)('is found: $title', async ({ run, finds }) => {
    await expect(run('broken', { store })).rejects.toThrow(finds);
  });

  test.each(races)('is gone from the corrected app: $title', async ({ run }) => {
    expect(await run('fixed', { store })).toMatchObject({ isComplete: true });
  });
});
