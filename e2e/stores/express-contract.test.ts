import { testStore } from 'next-app-session/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expressStores, type RunningPackage } from './express-stores.kit.js';

describe.each(expressStores)('$name', ({ start, limits }) => {
  let running: RunningPackage;
  beforeAll(async () => {
    running = await start();
  });
  afterAll(() => running?.stop());

  testStore(
    { describe, it, expect },
    { create: ({ name }) => running.open(name), atomic: false, users: false, ...limits },
  );
});
