import { testIdleTimeout } from '../idle-timeout.kit.js';
import { testRecords } from '../records.kit.js';
import { testRememberMe } from '../remember-me.kit.js';
import { testSealed } from '../sealed.kit.js';
import { sqliteFile } from '../shared-stores.kit.js';

testRecords(sqliteFile);
testRememberMe(sqliteFile);
testIdleTimeout(sqliteFile);
testSealed(sqliteFile);
