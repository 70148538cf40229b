import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildExample, NextServer } from '../example/next-server.js';
import { freePort } from '../stores/servers/redis-server.js';
import { programOf } from './next-app.js';

// One build of the example serves with every store. This one is in a file, by a Node that has SQLite.

const folder = mkdtempSync(join(tmpdir(), 'session-db-'));
const servers: NextServer[] = [];
beforeAll(async () => {
  await buildExample();
  const [node] = await programOf('node@22');
  const SESSION_DB = `file:${join(folder, 'sessions.db')}`;
  for (let count = 1; count <= 2; count++)
    servers.push(new NextServer(await freePort(), { SESSION_DB }, node));
  await Promise.all(servers.map((server) => server.start()));
});
afterAll(async () => {
  for (const server of servers) await server.stop();
  rmSync(folder, { recursive: true });
});

/** Counts once, as the visitor with this cookie. */
async function click(server: NextServer | undefined, cookie: string): Promise<Response> {
  return fetch(`${server?.url}/api/counter`, { method: 'POST', headers: { cookie } });
}

it('two processes lose no click of a visitor who clicks in both at once, and a restart forgets nothing', async () => {
  const [a, b] = servers;
  const first = await click(a, '');
  const [cookie = ''] = first.headers.getSetCookie().map((header) => header.split(';')[0]);
  const clicks = Array.from({ length: 20 }, (_, at) => click(at % 2 === 0 ? a : b, cookie));
  const counts = await Promise.all(clicks.map(async (response) => (await (await response).json()).count));
  expect(counts.toSorted((one, other) => one - other)).toEqual(Array.from({ length: 20 }, (_, at) => at + 2));
  await a?.stop();
  await a?.start();
  expect(await (await click(a, cookie)).json()).toEqual({ count: 22 });
});
