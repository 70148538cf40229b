import { setTimeout as sleep } from 'node:timers/promises';
import { RedisStore } from 'next-app-session/redis';
import { testStore } from 'next-app-session/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Connection, clusterClients } from './servers/redis-clients.js';
import { RedisCluster } from './servers/redis-cluster.js';
import { commandsSentTo, type FurtherCommands, RedisUser } from './servers/redis-user.js';

/** What docs/redis.md lists for each library, of which one version sends less. */
const LISTED: readonly (readonly [library: string, further: readonly FurtherCommands[]])[] = [
  ['ioredis', ['a cluster', 'a `Cluster` of ioredis']],
  ['node-redis', ['a cluster']],
];

describe.each(LISTED)('RedisStore on a cluster, by %s', (library, further) => {
  const user = new RedisUser(further);
  const sent = new Set<string>();

  describe.each(clusterClients.filter(({ name }) => name.startsWith(library)))('$name', ({ open }) => {
    let cluster: RedisCluster;
    let connection: Connection;
    beforeAll(async () => {
      cluster = await RedisCluster.start();
      await Promise.all(cluster.nodes.map((node) => user.enter(node)));
      connection = await open(cluster.ports, user.login);
    });
    afterAll(async () => {
      connection?.close();
      await cluster?.stop();
    });

    testStore(
      { describe, it, expect },
      {
        create: ({ name }) => new RedisStore({ client: connection.client, prefix: `sess:${name}:` }),
        atomic: true,
        users: true,
      },
    );

    it('reads what a node that gives away its slot does not have any more', async () => {
      for (const command of await commandsSentTo(cluster.nodes)) sent.add(command);
      const store = new RedisStore({ client: connection.client });
      const record = { cookie: { originalMaxAge: 60_000 }, n: 1 };
      await store.set('moving', record);
      await cluster.moveSlot('sess:moving', async () => {
        expect(await store.get('moving')).toEqual(record);
        await sleep(10);
      });
      // Beside what the move itself needs.
      expect(await commandsSentTo(cluster.nodes)).toContain('asking');
      sent.add('asking');
    });
  });

  it('needs each command that docs/redis.md lists, and no other', () => {
    expect([...sent].sort()).toEqual(user.commands);
  });
});
