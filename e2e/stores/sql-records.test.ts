import { testIdleTimeout } from './idle-timeout.kit.js';
import { testRecords } from './records.kit.js';
import { testRememberMe } from './remember-me.kit.js';
import { testSealed } from './sealed.kit.js';
import { postgresql } from './shared-stores.kit.js';

testRecords(postgresql);
testRememberMe(postgresql);
testIdleTimeout(postgresql);
testSealed(postgresql);
