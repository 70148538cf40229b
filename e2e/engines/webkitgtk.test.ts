import { testFlows } from './flows.js';
import { startWebKitGTK } from './webkitgtk.js';

testFlows('WebKitGTK', startWebKitGTK);
