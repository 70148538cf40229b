import { afterAll, describe, expect, test } from 'vitest';
import { PackedPackage } from './packed-package.js';

const packed = new PackedPackage();
afterAll(() => packed.remove());

/** What an app's `register()` does, and what that has loaded and opened. */
function register(environment: Record<string, string>): Record<string, unknown> {
  const code = `
    const { Server } = require('node:net');
    const { listen } = Server.prototype;
    let listens = false;
    Server.prototype.listen = function (...args) {
      listens = true;
      return listen.apply(this, args);
    };
    const printed = [];
    console.log = (text) => printed.push(text);
    Object.assign(process.env, ${JSON.stringify(environment)});
    const session = require('next-app-session').default({ secret: 'a secret' });
    const { startSessionStudio } = require('next-app-session/studio');
    const start = () => startSessionStudio(session).then(() => 'started', ({ code, message }) => code + ': ' + message);
    start().then(start).then((outcome) => {
      const files = Object.keys(require.cache).map((file) => file.split(/[\\\\/]/).slice(-3).join('/'));
      process.stdout.write(JSON.stringify({
        outcome,
        loaded: files.filter((file) => /^studio\\/(server|requests|sessions|faults)\\//.test(file)).length > 0,
        listens,
        printed: printed.length,
      }));
      process.exit();
    });`;
  return JSON.parse(packed.run('commonjs', code));
}

const NOTHING = { loaded: false, listens: false, printed: 0 };

describe('startSessionStudio', () => {
  test.each([
    [{ NODE_ENV: 'production' }, 'NODE_ENV is "production"'],
    [{ NODE_ENV: 'test' }, 'NODE_ENV is "test"'],
    [{ NODE_ENV: 'development', VERCEL: '1' }, 'runs on Vercel (VERCEL is set)'],
  ])('loads and opens nothing with %j, and says why', (environment, why) => {
    expect(register(environment)).toEqual({
      ...NOTHING,
      outcome: expect.stringMatching(/^ERR_SESSION_STUDIO: startSessionStudio refuses to start: /),
    });
    expect(register(environment).outcome).toContain(why);
  });

  test('loads and opens nothing while Next builds', () => {
    const environment = { NODE_ENV: 'production', NEXT_PHASE: 'phase-production-build' };
    expect(register(environment)).toEqual({ ...NOTHING, outcome: 'started' });
  });

  test('in development it does, once, so the tests above can fail', () => {
    expect(register({ NODE_ENV: 'development' })).toEqual({
      outcome: 'started',
      loaded: true,
      listens: true,
      printed: 1,
    });
  });
});
