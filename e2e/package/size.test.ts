import { expect, test } from 'vitest';
import { bundleSize } from '../../scripts/bundle-size.mjs';

/** Bytes, minified and gzipped, without next, OpenTelemetry, nanoid and cookie-signature. */
const LIMITS = { 'src/index.js': 34_000, 'src/redis.js': 6_700, 'src/edge.js': 4_300 };

test.each(Object.entries(LIMITS))('%s stays within %i bytes', async (file, limit) => {
  const { gzipped } = await bundleSize(file);
  expect(gzipped).toBeLessThanOrEqual(limit);
});
