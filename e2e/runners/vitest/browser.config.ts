import { mergeConfig } from 'vitest/config';
import own from './vitest.config';

/** As apps do whose components are built for browsers. */
export default mergeConfig(own, { resolve: { conditions: ['browser'] } });
