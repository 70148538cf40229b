import type {} from 'expect';
import { type SessionMatchers, sessionMatchers } from './tester/session-matchers.js';

interface Jest {
  readonly expect?: { extend(matchers: object): void };
}

// Jest puts the `expect` of the current test file on globalThis, even if no test imports it.
(globalThis as Jest).expect?.extend(sessionMatchers);

declare global {
  namespace jest {
    interface Matchers<R, T> extends SessionMatchers<R> {}
  }
}

declare module 'expect' {
  interface Matchers<R extends void | Promise<void>, T = unknown> extends SessionMatchers<R> {}
}
