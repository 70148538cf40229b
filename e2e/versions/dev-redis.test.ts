import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { docBlocks } from '../package/doc-blocks.js';
import { RedisServer } from '../stores/servers/redis-server.js';
import { packTarball } from './installed.js';
import { NextApp } from './next-app.js';
import { developedWithRedis } from './variants.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const tarball = packTarball();

/** lib/redis-store.ts, as docs/stores.md has it. */
function documentedModule(): string {
  const blocks = docBlocks(readFileSync(join(root, 'docs/stores.md'), 'utf8'));
  const block = blocks.find(({ file }) => file === 'lib/redis-store.ts');
  return transformSync(block?.code ?? '', { loader: 'ts' }).code;
}

describe.each(developedWithRedis)('next dev on $name', (variant) => {
  const app = new NextApp(variant);
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await RedisServer.start();
    await app.prepare(tarball);
    writeFileSync(join(app.folder, 'lib/redis-store.js'), documentedModule());
    const ioredis = join(app.folder, 'node_modules/ioredis');
    mkdirSync(join(ioredis, '..'), { recursive: true });
    if (!existsSync(ioredis)) symlinkSync(join(root, 'node_modules/ioredis'), ioredis);
    await app.start({ REDIS_URL: redis.url }, 'dev');
  });
  afterAll(async () => {
    await app.stop();
    await redis?.stop();
  });

  it('keeps one connection to Redis, however often the session module is saved', async () => {
    const response = await fetch(`${app.url}/api/calls`, { method: 'POST' });
    expect(await response.json()).toEqual({ n: 1, saved: 0 });
    const [cookie = ''] = response.headers.getSetCookie().map((header) => header.split(';')[0]);
    const answerOf = async (path: string) => {
      const text = await (await fetch(app.url + path, { headers: { cookie } })).text();
      return JSON.parse(/\{.*?\}/.exec(text.replaceAll('&quot;', '"'))?.[0] ?? 'null');
    };
    const file = join(app.folder, 'lib/session.js');
    const source = readFileSync(file, 'utf8');
    for (let saved = 1; saved <= 5; saved++) {
      writeFileSync(file, source.replace('saved = 0', `saved = ${saved}`));
      await expect.poll(() => answerOf('/api/calls'), { timeout: 120_000 }).toEqual({ n: 1, saved });
    }
    // A page, and the Pages Router, have copies of the module of their own.
    for (const path of ['/', '/api/legacy']) expect(await answerOf(path)).toEqual({ n: 1, saved: 5 });
    const clients = (await redis.command('CLIENT', 'LIST')).split('\n');
    expect(clients.filter((client) => !client.includes('cmd=client'))).toHaveLength(1);
  });

  it('refuses a session at the top level of a module, which would be the first visitor’s for everybody', async () => {
    const { headers } = await fetch(`${app.url}/api/calls`, { method: 'POST' });
    const [cookie = ''] = headers.getSetCookie().map((header) => header.split(';')[0]);
    const { status } = await fetch(`${app.url}/top-level`, { headers: { cookie } });
    expect(status).toBe(500);
    expect(app.log).toContain('session() was called at the top level of a module');
  });
});
