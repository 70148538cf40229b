import { afterAll, describe, expect, test } from 'vitest';
import { PackedPackage } from './packed-package.js';
import { register } from './registered.js';

const packed = new PackedPackage();
afterAll(() => packed.remove());

/** What `register()` has loaded of the studio, and opened. */
function registered(environment: Record<string, string>) {
  const { loaded, ...done } = register(packed, 'next-app-session/studio', 'startSessionStudio', environment);
  return {
    ...done,
    loaded: loaded.some((file) => /^studio\/(server|requests|sessions|faults)\//.test(file)),
  };
}

const NOTHING = { loaded: false, listens: false, printed: 0 };

describe('startSessionStudio', () => {
  test.each([
    [{ NODE_ENV: 'production' }, 'NODE_ENV is "production"'],
    [{ NODE_ENV: 'test' }, 'NODE_ENV is "test"'],
    [{ NODE_ENV: 'development', VERCEL: '1' }, 'runs on Vercel (VERCEL is set)'],
  ])('loads and opens nothing with %j, and says why', (environment, why) => {
    expect(registered(environment)).toEqual({
      ...NOTHING,
      outcome: expect.stringMatching(/^ERR_SESSION_STUDIO: startSessionStudio refuses to start: /),
    });
    expect(registered(environment).outcome).toContain(why);
  });

  test('loads and opens nothing while Next builds', () => {
    const environment = { NODE_ENV: 'production', NEXT_PHASE: 'phase-production-build' };
    expect(registered(environment)).toEqual({ ...NOTHING, outcome: 'started' });
  });

  test('in development it does, once, and lets the process end: so the tests above can fail', () => {
    expect(registered({ NODE_ENV: 'development' })).toEqual({
      outcome: 'started',
      loaded: true,
      listens: true,
      printed: 1,
    });
  });
});
