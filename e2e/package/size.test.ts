import { expect, test } from 'vitest';
import { bundleSize } from '../../scripts/bundle-size.mjs';

/** Bytes, minified and gzipped, without next, OpenTelemetry, nanoid and cookie-signature. */
const LIMITS = { 'src/index.js': 25_500, 'src/redis.js': 4_600, 'src/edge.js': 3_900 };

test.each(Object.entries(LIMITS))('%s stays within %i bytes', async (file, limit) => {
  const { gzipped } = await bundleSize(file);
  expect(gzipped).toBeLessThanOrEqual(limit);
});
