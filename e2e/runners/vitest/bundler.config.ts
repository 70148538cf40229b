import { mergeConfig } from 'vitest/config';
import documented from './documented.config';
import own from './vitest.config';

/** As docs/testing.md has it for the conditions of bundlers. */
export default mergeConfig(own, documented);
