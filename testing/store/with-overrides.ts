import { overridesStorage } from '../../src/test-seam/overrides-storage.js';
import { type TestOverrides, testOverrides } from '../../src/test-seam/test-overrides.js';

/** Runs code with these overrides, on top of those that apply already. */
export function withOverrides<T>(own: TestOverrides, code: () => T): T {
  return overridesStorage().run({ ...testOverrides(), ...own }, code);
}
