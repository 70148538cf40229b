import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { PackedPackage } from './packed-package.js';

const packed = new PackedPackage();
afterAll(() => packed.remove());

test('testStore runs under node:test, with an expect of two lines, from ESM and from CommonJS', () => {
  const suite = `
    const expect = (actual) => ({
      toBe: (expected) => assert.strictEqual(actual, expected),
      toEqual: (expected) => assert.deepStrictEqual(actual, expected),
    });
    testStore({ describe, it, expect }, { create: () => new MemoryStore() });`;
  const esm = `
    import assert from 'node:assert';
    import { describe, it } from 'node:test';
    import { MemoryStore } from 'next-app-session';
    import { testStore } from 'next-app-session/testing';`;
  const cjs = `
    const assert = require('node:assert');
    const { describe, it } = require('node:test');
    const { MemoryStore } = require('next-app-session');
    const { testStore } = require('next-app-session/testing');`;
  writeFileSync(join(packed.app, 'store.test.mjs'), esm + suite);
  writeFileSync(join(packed.app, 'store.test.cjs'), cjs + suite);
  // Vitest's own variables would have node:test report to it.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  for (const file of ['store.test.mjs', 'store.test.cjs']) {
    const report = execFileSync(process.execPath, ['--test', file], {
      cwd: packed.app,
      env,
      encoding: 'utf8',
    });
    expect(report).toMatch(/(#|ℹ) fail 0/);
    expect(Number(/(?:#|ℹ) pass (\d+)/.exec(report)?.[1])).toBeGreaterThan(30);
  }
});
