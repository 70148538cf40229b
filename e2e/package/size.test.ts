import { expect, test } from 'vitest';
import { bundleSize } from '../../scripts/bundle-size.mjs';

/** Bytes, minified and gzipped, without next, OpenTelemetry, nanoid and cookie-signature. */
const LIMITS = {
  'src/index.js': 46_450,
  'src/redis.js': 11_250,
  'src/sql.js': 9_050,
  'src/edge.js': 4_800,
};

test.each(Object.entries(LIMITS))('%s stays within %i bytes', async (file, limit) => {
  const { gzipped } = await bundleSize(file);
  expect(gzipped).toBeLessThanOrEqual(limit);
});
