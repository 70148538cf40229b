import { testProcesses } from './concurrency.kit.js';
import { serializablePostgresql } from './shared-stores.kit.js';

testProcesses(serializablePostgresql);
