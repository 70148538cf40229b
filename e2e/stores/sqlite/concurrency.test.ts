import { testProcesses } from '../concurrency.kit.js';
import { sqliteFile } from '../shared-stores.kit.js';

testProcesses(sqliteFile);
