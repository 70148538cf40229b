import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { RedisStore } from 'next-app-session/redis';
import { expect, it } from 'vitest';
import { docBlocks } from '../package/doc-blocks.js';
import { read, root } from '../package/repository.js';
import { RedisCluster } from './servers/redis-cluster.js';
import { RedisSentinels } from './servers/redis-sentinel.js';

// The `connect` of each block in docs/redis.md, with the servers of a test in place of those that it names.

const folder = join(root, '.tmp/redis-docs');
const blocks = docBlocks(read('docs/redis.md')).filter(({ language }) => language === 'ts');
const startServers = {
  Cluster: async () => {
    const cluster = await RedisCluster.start();
    return { ports: cluster.ports, stop: () => cluster.stop() };
  },
  Sentinel: async () => {
    const sentinels = await RedisSentinels.start();
    return { ports: sentinels.sentinels.map(({ port }) => port), stop: () => sentinels.stop() };
  },
};

it.each([
  ['Cluster', 'new Cluster('],
  ['Sentinel', 'sentinels: ['],
  ['Sentinel', 'createSentinel('],
] as const)('a session is kept by a %s, with %s', { timeout: 120_000 }, async (kind, call) => {
  const servers = await startServers[kind]();
  const client = await connect(call, servers.ports);
  try {
    const store = new RedisStore({ client });
    const record = { cookie: { originalMaxAge: 60_000 }, n: 1 };
    await store.set('documented', record);
    expect(await store.get('documented')).toEqual(record);
    await store.destroy('documented');
    expect(await store.get('documented')).toBeNull();
  } finally {
    await client.disconnect?.();
    await client.destroy?.();
    await servers.stop();
  }
});

it('these are all blocks of the page', () => {
  expect(blocks).toHaveLength(3);
});

/** Runs the block that has this call. */
async function connect(call: string, ports: readonly number[]) {
  const block = blocks.find(({ code }) => code.includes(call));
  if (!block) throw new Error(`docs/redis.md has no block with ${call}`);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `line-${block.line}.ts`);
  const left = [...ports];
  const code = block.code.replaceAll(
    /host: '[\w-]+', port: \d+/g,
    () => `host: '127.0.0.1', port: ${left.shift()}`,
  );
  writeFileSync(file, code);
  const module = await import(/* @vite-ignore */ pathToFileURL(file).href);
  return module.connect();
}
