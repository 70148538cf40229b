import { testSessionLimit } from '../session-limit.kit.js';
import { sqliteFile } from '../shared-stores.kit.js';

testSessionLimit(sqliteFile);
