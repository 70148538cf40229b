import type { SessionTester } from './session-tester.js';

const BRAND = Symbol.for('next-app-session.tester');

/** Marks a tester, for matchers of any copy of this library. */
export function markAsTester(tester: object): void {
  Object.defineProperty(tester, BRAND, { value: true });
}

/** Returns whether a value is a tester. Does not load the tester: that needs Request, which Jest's jsdom does not have. */
export function isSessionTester(value: unknown): value is SessionTester<object> {
  return typeof value === 'object' && value !== null && BRAND in value;
}
