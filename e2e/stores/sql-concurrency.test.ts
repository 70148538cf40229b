import { testProcesses } from './concurrency.kit.js';
import { mariadb, postgresql } from './shared-stores.kit.js';

testProcesses(postgresql);
testProcesses(mariadb);
