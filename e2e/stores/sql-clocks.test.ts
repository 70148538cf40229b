import { testClocks, wrongClocks } from './clocks.kit.js';
import { postgresql } from './shared-stores.kit.js';

const { '10 minutes ahead': ahead, '40 days behind': behind } = wrongClocks;
testClocks(postgresql, { '10 minutes ahead': ahead, '40 days behind': behind });
