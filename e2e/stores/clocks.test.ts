import { testClocks, wrongClocks } from './clocks.kit.js';
import { redis } from './shared-stores.kit.js';

testClocks(redis, wrongClocks);
