import { testClocks, wrongClocks } from './clocks.kit.js';
import { mariadb, postgresql } from './shared-stores.kit.js';

for (const kind of [postgresql, mariadb]) testClocks(kind, wrongClocks);
