import { afterAll, beforeAll, describe } from 'vitest';
import { testMeanwhile } from './meanwhile.kit.js';
import { testOneCall } from './one-call.kit.js';
import { testPlaces } from './places.kit.js';
import { testPrefetch } from './prefetch.kit.js';
import { testProviderFaults } from './provider-faults.kit.js';
import { buildSite, refreshing, Site } from './site.js';

// docs/tokens.md as an app of four processes, with a real identity provider. The full run has more of it.

describe('refresh, in four processes with Redis', () => {
  let site: Site;
  beforeAll(async () => {
    const variant = refreshing('refresh');
    await buildSite(variant);
    site = await Site.start(variant, 'redis', [0, 0, 0, 0]);
  });
  afterAll(() => site?.stop());

  testPlaces(() => site);
  testOneCall(() => site, 4);
  testProviderFaults(() => site);
  testMeanwhile(() => site);
  testPrefetch(() => site);
});
