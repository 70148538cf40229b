import { afterAll, describe, expect, test } from 'vitest';
import { PackedPackage } from './packed-package.js';

// The bugs of 1.0.7 that only the built package can show; the others are in src/version-1-bugs.test.ts.

const packed = new PackedPackage();
afterAll(() => packed.remove());

describe('bugs of 1.0.7', () => {
  test('1: a plain import and a plain require failed', () => {
    const imported = "import session from 'next-app-session'; console.log(typeof session)";
    const required = "console.log(typeof require('next-app-session').default)";
    expect(packed.run('module', imported).trim()).toBe('function');
    expect(packed.run('commonjs', required).trim()).toBe('function');
  });

  test('17: on the Edge runtime a secret threw on `crypto`, with no word on what to do', () => {
    const code = `
      import nextAppSession, { SessionError } from 'next-app-session';
      const session = nextAppSession({ secret: 'a secret' });
      try {
        session();
      } catch (error) {
        console.log(SessionError.is(error), error.code, /nodejs|proxy/.test(error.message));
      }`;
    const printed = packed.run('module', code, '--conditions=edge-light');
    expect(printed.trim()).toBe('true ERR_SESSION_EDGE_RUNTIME true');
  });
});
