import { testRecords } from './records.kit.js';
import { testSealed } from './sealed.kit.js';
import { redis } from './shared-stores.kit.js';

testRecords(redis);
testSealed(redis);
