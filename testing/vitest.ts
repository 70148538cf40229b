import { expect } from 'vitest';
import { type SessionMatchers, sessionMatchers } from './tester/session-matchers.js';

expect.extend(sessionMatchers);

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: as Vitest declares it
  interface Matchers<T = any> extends SessionMatchers<T> {}
}
