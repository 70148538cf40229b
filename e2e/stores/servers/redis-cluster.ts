import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { RedisServer } from './redis-server.js';

const run = promisify(execFile);

const PRIMARIES = 3;
/** A node that is down is voted out within a second or two, and its replica is ready to take over from the start. */
const FAST_FAILOVER = ['--cluster-node-timeout', '1000', '--repl-diskless-sync-delay', '0'];
const OPTIONS = ['--cluster-enabled', 'yes', ...FAST_FAILOVER];

/** A real Redis Cluster of three primaries, each with a replica or none with one. */
export class RedisCluster {
  readonly nodes: readonly RedisServer[];

  private constructor(nodes: readonly RedisServer[]) {
    this.nodes = nodes;
  }

  static start(): Promise<RedisCluster> {
    const nodes = Array.from({ length: 2 * PRIMARIES }, () => RedisServer.start(...OPTIONS));
    return RedisCluster.#of(nodes, 1);
  }

  /** A cluster of a primary for each of these programs, without replicas. */
  static startBy(files: readonly string[]): Promise<RedisCluster> {
    const nodes = files.map((file) => RedisServer.startBy(file, ...OPTIONS));
    return RedisCluster.#of(nodes, 0);
  }

  static async #of(starting: readonly Promise<RedisServer>[], replicas: number): Promise<RedisCluster> {
    const nodes = await Promise.all(starting);
    const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`);
    const each = ['--cluster-replicas', String(replicas)];
    await run('redis-cli', ['--cluster', 'create', ...addresses, ...each, '--cluster-yes']);
    const cluster = new RedisCluster(nodes);
    await cluster.settles();
    return cluster;
  }

  /** Waits until every node is up, knows all others, and is a primary with its replica or one that has all of its primary. */
  async settles(): Promise<void> {
    await Promise.all(this.nodes.map((node) => this.#until(() => this.#isReady(node))));
  }

  /** Waits until a former primary knows that it is a replica, and all is well: until then it takes writes that will be lost. */
  async rejoins(node: RedisServer): Promise<void> {
    await this.#until(async () => /role:slave/.test(await node.command('INFO', 'replication')));
    await this.settles();
  }

  get ports(): number[] {
    return this.nodes.map(({ port }) => port);
  }

  /**
   * The primary that holds a key.
   *
   * @param witness the node that is asked.
   */
  async primaryOf(key: string, witness = this.nodes[0]): Promise<RedisServer> {
    const slot = Number(await witness?.command('CLUSTER', 'KEYSLOT', key));
    const primary = (await this.#primaries(witness)).find(({ ranges }) =>
      ranges.some((range) => {
        const [from, to = from] = range.split('-').map(Number);
        return from !== undefined && to !== undefined && from <= slot && slot <= to;
      }),
    );
    if (!primary) throw new Error(`No primary holds ${key}.`);
    return primary.node;
  }

  /**
   * Moves the slot of a key to another primary, as `redis-cli --cluster reshard` does, but key by key and slowly.
   *
   * @param pause is awaited between the steps.
   */
  async moveSlot(key: string, pause: () => Promise<unknown>): Promise<void> {
    const slot = String(await this.nodes[0]?.command('CLUSTER', 'KEYSLOT', key));
    const source = await this.primaryOf(key);
    const primaries = (await this.#primaries()).map(({ node }) => node);
    const target = primaries.find((node) => node !== source);
    if (!target) throw new Error('There is no other primary.');
    const [sourceId, targetId] = await Promise.all(
      [source, target].map((node) => node.command('CLUSTER', 'MYID')),
    );
    await target.command('CLUSTER', 'SETSLOT', slot, 'IMPORTING', String(sourceId));
    await source.command('CLUSTER', 'SETSLOT', slot, 'MIGRATING', String(targetId));
    await pause();
    for (;;) {
      const [next] = (await source.command('CLUSTER', 'GETKEYSINSLOT', slot, '1')).split('\n');
      if (!next) break;
      await source.command('MIGRATE', '127.0.0.1', String(target.port), next, '0', '5000');
      await pause();
    }
    const moved = (node: RedisServer) => node.command('CLUSTER', 'SETSLOT', slot, 'NODE', String(targetId));
    await moved(target);
    await pause();
    await moved(source);
    await Promise.all(primaries.map(moved));
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()));
  }

  async #primaries(witness = this.nodes[0]): Promise<{ node: RedisServer; ranges: string[] }[]> {
    const lines = String(await witness?.command('CLUSTER', 'NODES')).split('\n');
    return lines.flatMap((line) => {
      const [, address = '', flags = '', , , , , , ...ranges] = line.split(' ');
      const node = this.nodes.find(({ port }) => address.includes(`:${port}@`));
      return node && flags.includes('master') && !flags.includes('fail') ? [{ node, ranges }] : [];
    });
  }

  async #until(holds: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + 60_000;
    while (!(await holds())) {
      if (Date.now() > deadline) throw new Error('The Redis Cluster did not come up.');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async #isReady(node: RedisServer): Promise<boolean> {
    const info = String(await node.command('CLUSTER', 'INFO'));
    const replication = String(await node.command('INFO', 'replication'));
    const hasReplicas = this.nodes.length > PRIMARIES;
    const synced = /role:master/.test(replication)
      ? !hasReplicas || /slave0:.*state=online/.test(replication)
      : /master_link_status:up/.test(replication);
    return (
      /cluster_state:ok/.test(info) && info.includes(`cluster_known_nodes:${this.nodes.length}`) && synced
    );
  }
}
