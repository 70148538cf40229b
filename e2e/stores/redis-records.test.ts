import { testRecords } from './records.kit.js';
import { redis } from './shared-stores.kit.js';

testRecords(redis);
