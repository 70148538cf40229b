import { testSessionLimit } from './session-limit.kit.js';
import { mariadb, postgresql, redis } from './shared-stores.kit.js';

for (const kind of [redis, postgresql, mariadb]) testSessionLimit(kind);
