import type {} from 'expect';
import { type SessionMatchers, sessionMatchers } from './tester/session-matchers.js';

interface Jest {
  readonly expect?: { extend(matchers: object): void };
}

// Of the test file that loads this; Jest has it on globalThis, whether or not a test imports it.
(globalThis as Jest).expect?.extend(sessionMatchers);

declare global {
  namespace jest {
    interface Matchers<R, T> extends SessionMatchers<R> {}
  }
}

declare module 'expect' {
  interface Matchers<R extends void | Promise<void>, T = unknown> extends SessionMatchers<R> {}
}
