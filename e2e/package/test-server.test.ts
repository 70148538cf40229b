import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, describe, expect, test } from 'vitest';
import { PackedPackage } from './packed-package.js';
import { register } from './registered.js';

const packed = new PackedPackage();
afterAll(() => packed.remove());

const SECRET = 'x'.repeat(43);

/** What `register()` has loaded of the test server, and opened. */
function registered(environment: Record<string, string>) {
  const entry = 'next-app-session/testing/server';
  const { outcome, loaded, listens } = register(packed, entry, 'startSessionTestServer', environment);
  const names = loaded.map((file) => file.split('/').at(-1) as string);
  return {
    outcome,
    loaded: names.filter((name) => /^(control|request-runs|store-run|inspectable)/.test(name)),
    listens,
  };
}

describe('startSessionTestServer', () => {
  test('loads and opens nothing without a secret', () => {
    expect(registered({})).toEqual({ outcome: 'started', loaded: ['control-protocol.js'], listens: false });
  });

  test('loads and opens nothing while Next builds', () => {
    const environment = { NEXT_APP_SESSION_TEST_SECRET: SECRET, NEXT_PHASE: 'phase-production-build' };
    expect(registered(environment)).toMatchObject({ loaded: ['control-protocol.js'], listens: false });
  });

  test('loads and opens nothing on a host, and says why', () => {
    const environment = { NEXT_APP_SESSION_TEST_SECRET: SECRET, VERCEL: '1' };
    expect(registered(environment)).toEqual({
      outcome: expect.stringMatching(/^ERR_SESSION_TESTING: .*runs on Vercel \(VERCEL is set\)/),
      loaded: ['control-protocol.js'],
      listens: false,
    });
  });

  test('with a secret it does, so the tests above can fail', () => {
    const environment = { NEXT_APP_SESSION_TEST_SECRET: SECRET, NEXT_APP_SESSION_TEST_PORT: '0' };
    expect(registered(environment)).toMatchObject({
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
      expect(registered(environment).outcome).toMatch(
        /^ERR_SESSION_TESTING: .* cannot listen on 127\.0\.0\.1:/,
      );
    }
    other.close();
  });
});
