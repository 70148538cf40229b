import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RedisServer } from '../stores/servers/redis-server.js';
import { documentedModule, linkDriver } from './developed-app.js';
import { developedWithStudio } from './developed-variants.js';
import { packTarball } from './installed.js';
import { NextApp } from './next-app.js';
import { StudioClient, type StudioRequest, type StudioSession } from './studio-client.js';
import { studioLooksTests } from './studio-looks.kit.js';
import { studioPageTests } from './studio-page.kit.js';
import { studioPictureTests } from './studio-pictures.kit.js';
import { studioSessionsTests } from './studio-sessions.kit.js';
import { studioWaysTests } from './studio-ways.kit.js';

const tarball = packTarball();

describe.each(developedWithStudio)('the studio in next dev on $name', (variant) => {
  const app = new NextApp(variant);
  let redis: RedisServer;
  let studio: StudioClient;

  beforeAll(async () => {
    redis = await RedisServer.start();
    await app.prepare(tarball);
    writeFileSync(
      join(app.folder, 'lib/redis-store.js'),
      documentedModule('docs/stores.md', 'lib/redis-store'),
    );
    linkDriver(app.folder, 'ioredis');
    await app.start({ REDIS_URL: redis.url, npm_package_name: 'shop' }, 'dev');
    studio = new StudioClient(app.log);
  });
  afterAll(async () => {
    await app.stop();
    await redis?.stop();
  });

  /** Visits a path. Returns the session cookie that the browser then has. */
  async function visit(method: string, path: string, cookie = '') {
    const response = await fetch(app.url + path, { method, headers: { cookie } });
    const [set = cookie] = response.headers.getSetCookie().map((header) => header.split(';')[0] ?? '');
    return { cookie: set, status: response.status, text: await response.text() };
  }

  /** Returns the last request of a path. */
  async function last(path: string): Promise<StudioRequest | undefined> {
    return (await studio.requests()).findLast((request) => request.path === path);
  }

  it('prints its address once', () => {
    expect(app.log.match(/Session Studio: /g)).toHaveLength(1);
  });

  it.each([
    ['/api/calls', 'redis', 'sid'],
    ['/api/memory', 'memory', 'memory'],
  ])('shows what a Route Handler does: %s, in %s', async (path, store, name) => {
    const { cookie } = await visit('POST', path);
    expect(await last(path)).toMatchObject({
      method: 'POST',
      state: { is: 'answered', status: 200 },
      setCookies: [{ name, is: 'set' }],
      calls: [{ operation: 'set', store, end: { outcome: 'ok' } }],
      events: [{ type: 'created' }],
    });
    await visit('GET', path, cookie);
    expect(await last(path)).toMatchObject({
      method: 'GET',
      cookie: 'sent',
      setCookies: [],
      calls: [{ operation: 'get', store, end: { outcome: 'hit' } }],
    });
  });

  it.each(['/', '/api/legacy'])('shows what %s does, which has its own copy of the library', async (path) => {
    const { cookie } = await visit('POST', '/api/calls');
    const [session] = (await last('/api/calls'))?.sessions ?? [];
    expect((await visit('GET', path, cookie)).status).toBe(200);
    expect(await last(path)).toMatchObject({
      cookie: 'sent',
      sessions: [session],
      calls: [{ operation: 'get', end: { outcome: 'hit' } }],
    });
  });

  it.each([
    ['/api/calls', 'Redis'],
    ['/api/memory', 'memory'],
  ])('edits and ends a session that the app then reads, %s in %s', async (path) => {
    const { cookie } = await visit('POST', path);
    const [handle = ''] = (await last(path))?.sessions ?? [];
    const { content } = await studio.call<StudioSession>('session', { handle });
    const edit = { handle, version: content.version, data: { n: 40 } };
    expect(await studio.call('session/save', edit)).toMatchObject({ is: 'saved' });
    expect((await visit('POST', path, cookie)).text).toContain('"n":41');
    expect(await studio.call('session/save', edit)).toMatchObject({ is: 'conflict' });
    expect(await studio.call('session/end', { handle })).toBe(true);
    expect((await visit('GET', path, cookie)).text).not.toContain('41');
  });

  it('makes the store fail for one session', async () => {
    const { cookie } = await visit('POST', '/api/calls');
    const [session] = (await last('/api/calls'))?.sessions ?? [];
    await studio.call('faults/add', { operation: 'get', session, effect: 'fail', times: 1 });
    expect((await visit('GET', '/api/calls')).status).toBe(200);
    expect((await visit('GET', '/api/calls', cookie)).status).toBe(500);
    expect((await visit('GET', '/api/calls', cookie)).status).toBe(200);
  });

  it('takes a hundred requests a second, and tells a page of each', { timeout: 60_000 }, async () => {
    await visit('GET', '/api/memory');
    await studio.call('requests/clear');
    const stream = studio.stream();
    await stream.next();
    const visits = Array.from({ length: 300 }, async (_, n) => {
      await new Promise((resolve) => setTimeout(resolve, n * 10));
      return (await visit('GET', '/api/memory')).status;
    });
    expect(new Set(await Promise.all(visits))).toEqual(new Set([200]));
    const seen = new Set<number>();
    for await (const batch of stream) {
      for (const { id, state } of batch) if (state.is === 'answered') seen.add(id);
      if (seen.size >= 300) break;
    }
  });

  studioPictureTests(
    () => app,
    () => redis.url,
  );
  studioPageTests(() => app);
  studioLooksTests(() => app);
  studioSessionsTests(() => app);
  studioWaysTests(() => app);

  it('goes on after instrumentation.js is saved', async () => {
    const file = join(app.folder, 'instrumentation.js');
    writeFileSync(file, `${readFileSync(file, 'utf8')}\n// Saved.\n`);
    // Longer than Next takes to notice it.
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const { cookie } = await visit('POST', '/api/calls');
    await visit('GET', '/api/calls', cookie);
    expect(await last('/api/calls')).toMatchObject({
      calls: [{ operation: 'get', end: { outcome: 'hit' } }],
    });
    expect(app.log.match(/Session Studio: /g)).toHaveLength(1);
  });

  it('goes on after the session module is saved', async () => {
    const module = join(app.folder, 'lib/session.js');
    const source = readFileSync(module, 'utf8');
    writeFileSync(
      module,
      source
        .replace('saved = 0', 'saved = 1')
        .replace('nextAppSession({', "nextAppSession({ name: 'renamed',"),
    );
    await expect
      .poll(async () => (await visit('GET', '/api/calls')).text, { timeout: 60_000 })
      .toContain('"saved":1');
    const { cookie } = await visit('POST', '/api/calls');
    const request = await last('/api/calls');
    expect(request).toMatchObject({ setCookies: [{ name: 'renamed' }], calls: [{ operation: 'set' }] });
    const [handle = ''] = request?.sessions ?? [];
    expect(await studio.call('session', { handle })).toMatchObject({
      name: 'renamed',
      content: { data: { n: 1 } },
    });
    expect(cookie).toContain('renamed=');
    expect(app.log.match(/Session Studio: /g)).toHaveLength(1);
  });
});
