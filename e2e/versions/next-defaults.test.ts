import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DocApp } from '../package/doc-app.js';
import { docBlocks } from '../package/doc-blocks.js';
import { packTarball } from './installed.js';
import { NextApp } from './next-app.js';
import { describeNextDefaults, STORES, STORES_IN_DEV, StoreServers } from './next-defaults.kit.js';
import { nextDefaults } from './variants.js';
import { Visitor } from './visitor.js';

const guide = readFileSync(fileURLToPath(new URL('../../docs/caching.md', import.meta.url)), 'utf8');
const app = new NextApp(nextDefaults);
let servers: StoreServers;
beforeAll(async () => {
  servers = await StoreServers.start();
});
afterAll(() => servers?.stop());

describe(`${nextDefaults.name}, next start`, () => {
  beforeAll(async () => {
    const docs = new DocApp('caching-in-next', docBlocks(guide));
    expect(docs.compile()).toBe('');
    await app.build(packTarball(), docs.compiled);
    await app.start(servers.settings);
  });
  afterAll(() => app.stop());

  describeNextDefaults(app, STORES);

  it('the shell is prerendered, the session is read once a request, and nothing is stored', async () => {
    const visitor = new Visitor(app);
    const stranger = await visitor.open('/');
    expect(stranger.text).toContain('Shell');
    expect(stranger.text).toContain('n: null');
    expect(stranger.cookies).toEqual([]);
    expect(await visitor.calls()).toEqual([]);
    await visitor.run([['set', 'n', 3]]);
    await visitor.calls();
    expect((await visitor.open('/')).text).toContain('n: 3');
    expect(await visitor.calls()).toEqual(['get']);
  });

  it('under "use cache", Next’s own error passes through and nothing is stored', async () => {
    const visitor = new Visitor(app);
    await visitor.run([['set', 'n', 3]]);
    await visitor.calls();
    await visitor.open('/api/cached');
    // With partialPrefetching, Next keeps the message out of what it throws in production.
    await expect.poll(() => app.log).toMatch(/Error: Route "\/api\/cached": `cookies\(\)`[^\n]*use cache/);
    expect(await visitor.calls()).toEqual([]);
  });

  it('the pages of docs/caching.md show the session', async () => {
    const visitor = new Visitor(app);
    await visitor.run([['set', 'user', 'Ada']]);
    const { text } = await visitor.open('/account');
    expect(text).toContain('Hello Ada');
    expect(text).toContain('Signed in as Ada');
  });
});

describe(`${nextDefaults.name}, next dev`, () => {
  beforeAll(() => app.start(servers.settings, 'dev'));
  afterAll(() => app.stop());

  describeNextDefaults(app, STORES_IN_DEV);
});
