import { testIdleTimeout } from './idle-timeout.kit.js';
import { testRecords } from './records.kit.js';
import { testRememberMe } from './remember-me.kit.js';
import { testSealed } from './sealed.kit.js';
import { mariadb } from './shared-stores.kit.js';

testRecords(mariadb);
testRememberMe(mariadb);
testIdleTimeout(mariadb);
testSealed(mariadb);
