import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import nextAppSession from 'next-app-session';
import { startSessionStudio } from 'next-app-session/studio';
import { controlBackend } from 'next-app-session/testing/playwright';
import { startSessionTestServer } from 'next-app-session/testing/server';
import { expect, it, vi } from 'vitest';
import { StudioClient } from '../versions/studio-client.js';

it('the test server and the studio of one app both see its requests, and not each other’s', async () => {
  const session = nextAppSession<{ n: number }>({ name: 'both', secret: 'x'.repeat(32) });
  const backend = controlBackend();
  for (const [name, value] of Object.entries({ ...backend.env, NODE_ENV: 'development' })) {
    vi.stubEnv(name, value);
  }
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  await startSessionTestServer(session);
  await startSessionStudio(session);
  const studio = new StudioClient(log.mock.calls.flat().join('\n'));
  const app = createServer(async (req, res) => res.end(JSON.stringify(await session(req, res).all())));
  await once(app.listen(0, '127.0.0.1'), 'listening');

  const run = await (await backend.connect({ name: 'both' })).startRun();
  const cookie = await run.write(null, { n: 1 }, null);
  const response = await fetch(`http://127.0.0.1:${(app.address() as AddressInfo).port}/app`, {
    headers: { ...run.headers, cookie: `${cookie?.name}=${cookie?.value}` },
  });
  expect(await response.json()).toEqual({ n: 1 });
  expect(((await run.spans?.()) ?? []).map(({ name }) => name)).toEqual(['next_app_session.store.get']);
  await run.end([]);
  expect(await studio.requests()).toMatchObject([
    { path: '/app', calls: [{ operation: 'get', end: { outcome: 'hit' } }] },
  ]);
  app.close();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});
