import { afterAll, beforeAll, describe } from 'vitest';
import { testClocks } from './clocks.kit.js';
import { testKilledHolder } from './killed-holder.kit.js';
import { testMeanwhile } from './meanwhile.kit.js';
import { testOneCall } from './one-call.kit.js';
import { testProviderFaults } from './provider-faults.kit.js';
import { buildSite, refreshing, Site, type StoreName } from './site.js';

const ROUNDS = 20;
const variant = refreshing('refresh, full run');

beforeAll(() => buildSite(variant));

describe.each<StoreName>(['redis', 'postgresql'])('refresh, in four processes with %s', (store) => {
  const site = started(store, [0, 0, 0, 0]);
  testOneCall(site, ROUNDS);
  testProviderFaults(site);
  testMeanwhile(site);
  testKilledHolder(site);
});

describe('refresh, in one process with a MemoryStore', () => {
  const site = started('memory', [0]);
  testOneCall(site, ROUNDS);
  testProviderFaults(site);
});

describe('refresh, in processes whose clocks are a minute apart', () => {
  describe.each([60_000, -60_000])('by %i ms', (aheadMs) => {
    testClocks(started('redis', [0, aheadMs]));
  });
});

function started(store: StoreName, clocks: readonly number[]): () => Site {
  let site: Site;
  beforeAll(async () => {
    site = await Site.start(variant, store, clocks);
  });
  afterAll(() => site?.stop());
  return () => site;
}
