import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, describe, expect, test } from 'vitest';
import { PackedPackage } from './packed-package.js';

const packed = new PackedPackage();
afterAll(() => packed.remove());

const SECRET = 'x'.repeat(43);

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
    Object.assign(process.env, ${JSON.stringify(environment)});
    const session = require('next-app-session').default({ secret: 'a secret' });
    const { startSessionTestServer } = require('next-app-session/testing/server');
    const start = () => startSessionTestServer(session).then(() => 'started', ({ code, message }) => code + ': ' + message);
    // Twice, as Next does where the first time failed.
    start().then(start).then((outcome) => {
      const files = Object.keys(require.cache).map((file) => file.split(/[\\\\/]/).at(-1));
      console.log(JSON.stringify({
        outcome,
        loaded: files.filter((file) => /^(control|request-runs|store-run|inspectable)/.test(file)),
        listens,
      }));
      process.exit();
    });`;
  return JSON.parse(packed.run('commonjs', code));
}

describe('startSessionTestServer', () => {
  test('loads and opens nothing without a secret', () => {
    expect(register({})).toEqual({ outcome: 'started', loaded: ['control-protocol.js'], listens: false });
  });

  test('loads and opens nothing while Next builds', () => {
    const environment = { NEXT_APP_SESSION_TEST_SECRET: SECRET, NEXT_PHASE: 'phase-production-build' };
    expect(register(environment)).toMatchObject({ loaded: ['control-protocol.js'], listens: false });
  });

  test('loads and opens nothing on a host, and says why', () => {
    const environment = { NEXT_APP_SESSION_TEST_SECRET: SECRET, VERCEL: '1' };
    expect(register(environment)).toEqual({
      outcome: expect.stringMatching(/^ERR_SESSION_TESTING: .*runs on Vercel \(VERCEL is set\)/),
      loaded: ['control-protocol.js'],
      listens: false,
    });
  });

  test('with a secret it does, so the tests above can fail', () => {
    const environment = { NEXT_APP_SESSION_TEST_SECRET: SECRET, NEXT_APP_SESSION_TEST_PORT: '0' };
    expect(register(environment)).toMatchObject({
      outcome: 'started',
      loaded: expect.arrayContaining(['control-server.js', 'request-runs.js']),
      listens: true,
    });
  });

  test('says so where it cannot listen', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const taken = String((other.address() as AddressInfo).port);
    for (const port of [taken, 'no port']) {
      const environment = { NEXT_APP_SESSION_TEST_SECRET: SECRET, NEXT_APP_SESSION_TEST_PORT: port };
      expect(register(environment).outcome).toMatch(
        /^ERR_SESSION_TESTING: .* cannot listen on 127\.0\.0\.1:/,
      );
    }
    other.close();
  });
});
