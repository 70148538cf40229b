import { afterAll, beforeAll, expect } from 'vitest';

/** Fails a test file if a promise was rejected and nobody handled it. */
export function expectNoUnhandledRejection(): void {
  const rejections: unknown[] = [];
  const collect = (reason: unknown) => rejections.push(reason);
  beforeAll(() => {
    process.on('unhandledRejection', collect);
  });
  afterAll(() => {
    process.off('unhandledRejection', collect);
    expect(rejections).toEqual([]);
  });
}
