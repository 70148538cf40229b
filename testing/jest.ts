import type {} from 'expect';
import { SessionError } from '../src/lib/errors.js';
import { type SessionMatchers, sessionMatchers } from './tester/session-matchers.js';

interface Runner {
  readonly expect?: { extend(matchers: object): void };
}

/** Returns the runner's `expect`, also for test files that import it. */
function runnersExpect(): Runner['expect'] {
  // Jest puts the `expect` of the current test file on globalThis, even if no test imports it.
  const { expect } = globalThis as Runner;
  if (expect || !process.versions.bun) return expect;
  const { getBuiltinModule } = process as { getBuiltinModule(name: string): Runner };
  return getBuiltinModule('bun:test').expect;
}

const expect = runnersExpect();
if (!expect) {
  throw new SessionError(
    'ERR_SESSION_TESTING',
    'next-app-session/testing/jest found no `expect` to add its matchers to. In Jest, import it in a test file or ' +
      'in a file of setupFilesAfterEnv (in setupFiles there is no `expect` yet). With injectGlobals: false, or in ' +
      'another runner, call expect.extend(sessionMatchers), with sessionMatchers from next-app-session/testing.',
  );
}
expect.extend(sessionMatchers);

declare global {
  namespace jest {
    interface Matchers<R, T> extends SessionMatchers<R> {}
  }
}

declare module 'expect' {
  interface Matchers<R extends void | Promise<void>, T = unknown> extends SessionMatchers<R> {}
}
