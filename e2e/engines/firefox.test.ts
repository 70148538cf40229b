import { startFirefox } from './firefox.js';
import { testFlows } from './flows.js';

testFlows('Firefox', startFirefox);
