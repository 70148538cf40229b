import { testProcesses } from './concurrency.kit.js';
import { mariadb, serializablePostgresql } from './shared-stores.kit.js';

testProcesses(serializablePostgresql);
testProcesses(mariadb);
