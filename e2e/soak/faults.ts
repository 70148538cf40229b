import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '../stores/servers/processes.js';
import type { RedisCluster } from '../stores/servers/redis-cluster.js';
import type { RedisSentinels } from '../stores/servers/redis-sentinel.js';
import type { RedisServer } from '../stores/servers/redis-server.js';
import type { ReplyCutter } from '../stores/servers/reply-cutter.js';
import type { Random } from './random.js';

/** Something that goes wrong, and is well again when `run` is done. */
export interface Fault {
  readonly name: string;
  /** Whether the servers may lose what they have acknowledged, by their own documentation. */
  readonly mayLose: boolean;
  run(random: Random): Promise<void>;
}

/** How long something is away, in milliseconds: less than `storeTimeout`, and more. */
const away = (random: Random) => 300 + random.below(1500);
/** Between two faults of one connection. */
const TICK_MS = 15;

/** What can be killed and started again. */
interface Restarting {
  kill(): Promise<void>;
  restart(): Promise<void>;
}

/** The server is killed, and comes back with all that it has acknowledged. */
export const serverKilled = (server: Restarting): Fault => ({
  name: 'server killed',
  mayLose: false,
  run: async (random) => {
    await server.kill();
    await sleep(random.below(800));
    await server.restart();
  },
});

/** What can be stopped and go on. */
interface Freezing {
  freeze(): void;
  thaw(): void;
}

export const serverPaused = (server: Freezing): Fault => ({
  name: 'server paused',
  mayLose: false,
  run: async (random) => {
    server.freeze();
    await sleep(away(random));
    server.thaw();
  },
});

/** Of a proxy: all connections end; single replies are cut; replies are swallowed, and connections stay open and mute. */
export const connectionFaults = (proxy: ReplyCutter): Fault[] => [
  {
    name: 'connections cut',
    mayLose: false,
    run: async () => proxy.disconnect(),
  },
  {
    name: 'replies cut',
    mayLose: false,
    run: (random) =>
      during(away(random), () => proxy.lose(1 + random.below(6), random.of(['cut', 'split']))).finally(() =>
        proxy.calm(),
      ),
  },
  {
    name: 'connections silent',
    mayLose: false,
    run: (random) =>
      during(away(random), () => proxy.lose(1 + random.below(6), 'swallow')).finally(() => {
        proxy.calm();
        // They would stay mute, and so would all of a pool at last.
        proxy.disconnect();
      }),
  },
];

async function during(ms: number, task: () => void): Promise<void> {
  for (const end = Date.now() + ms; Date.now() < end; await sleep(TICK_MS)) task();
}

/** What all servers of this kind have in common: their clients are connected to them directly. */
const clientsCut = (servers: readonly RedisServer[]): Fault => ({
  name: 'connections cut',
  mayLose: false,
  run: async () => {
    await Promise.all(servers.map((server) => server.command('CLIENT', 'KILL', 'TYPE', 'NORMAL')));
  },
});

/** What comes after a primary that is down is a primary that may lack its last writes. */
function failovers(place: {
  primary(random: Random): Promise<{ down: RedisServer; hasFollower(): Promise<boolean> }>;
  settles(old: RedisServer): Promise<void>;
}): Fault[] {
  const failover = (
    name: string,
    end: (server: RedisServer) => unknown,
    begin: (server: RedisServer) => unknown,
  ): Fault => ({
    name: `failover: primary ${name}`,
    mayLose: true,
    run: async (random) => {
      const { down, hasFollower } = await place.primary(random);
      await end(down);
      await waitFor(
        async () => (await hasFollower()) || undefined,
        () => 'No replica took over.',
      );
      await begin(down);
      await place.settles(down);
    },
  });
  return [
    failover(
      'killed',
      (server) => server.kill(),
      (server) => server.restart(),
    ),
    failover(
      'paused',
      (server) => server.freeze(),
      (server) => server.thaw(),
    ),
  ];
}

export const clusterFaults = (cluster: RedisCluster): Fault[] => [
  clientsCut(cluster.nodes),
  ...failovers({
    primary: async (random) => {
      const key = `key-${random.below(1000)}`;
      const down = await cluster.primaryOf(key);
      const witness = cluster.nodes.find((node) => node !== down);
      return { down, hasFollower: async () => (await cluster.primaryOf(key, witness)) !== down };
    },
    settles: (old) => cluster.rejoins(old),
  }),
];

export const sentinelFaults = (sentinels: RedisSentinels): Fault[] => [
  clientsCut([sentinels.primary, sentinels.replica]),
  ...failovers({
    primary: async () => {
      const down = await sentinels.currentPrimary();
      return { down, hasFollower: async () => (await sentinels.currentPrimary()) !== down };
    },
    settles: (old) => sentinels.rejoins(old),
  }),
];
