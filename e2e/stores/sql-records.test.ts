import { testIdleTimeout } from './idle-timeout.kit.js';
import { testRecords } from './records.kit.js';
import { testRememberMe } from './remember-me.kit.js';
import { mariadb, postgresql } from './shared-stores.kit.js';

for (const kind of [postgresql, mariadb]) {
  testRecords(kind);
  testRememberMe(kind);
  testIdleTimeout(kind);
}
