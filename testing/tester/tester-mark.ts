const MARK = Symbol.for('next-app-session.tester');

/** Marks a tester, for the matchers of any copy of this library. */
export function markAsTester(tester: object): void {
  Object.defineProperty(tester, MARK, { value: true });
}

/** Returns whether a value is marked. Does not load the tester: that needs Request, which Jest's jsdom does not have. */
export function isMarkedAsTester(value: unknown): boolean {
  return typeof value === 'object' && value !== null && MARK in value;
}
