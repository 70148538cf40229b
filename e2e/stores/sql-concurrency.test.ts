import { testProcesses } from './concurrency.kit.js';
import { postgresql } from './shared-stores.kit.js';

testProcesses(postgresql);
