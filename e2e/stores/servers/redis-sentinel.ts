import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, RedisServer } from './redis-server.js';

const NAME = 'sessions';
const SENTINELS = 3;

/** A real Redis primary with a replica, watched by three Sentinels that fail over within a second or two. */
export class RedisSentinels {
  readonly name = NAME;
  readonly primary: RedisServer;
  readonly replica: RedisServer;
  readonly sentinels: readonly RedisServer[];
  readonly #folder: string;

  private constructor(
    primary: RedisServer,
    replica: RedisServer,
    sentinels: readonly RedisServer[],
    folder: string,
  ) {
    this.primary = primary;
    this.replica = replica;
    this.sentinels = sentinels;
    this.#folder = folder;
  }

  /** @param downAfterMs how long the primary is silent until it counts as down. A busy machine may need more. */
  static async start(downAfterMs = 500): Promise<RedisSentinels> {
    const primary = await RedisServer.start('--repl-diskless-sync-delay', '0');
    const replica = await RedisServer.start('--replicaof', '127.0.0.1', String(primary.port));
    await until(async () =>
      /master_link_status:up/.test(String(await replica.command('INFO', 'replication'))),
    );
    const folder = mkdtempSync(join(tmpdir(), 'sentinel-'));
    const sentinels = await Promise.all(
      Array.from({ length: SENTINELS }, () => startSentinel(folder, primary.port, downAfterMs)),
    );
    await Promise.all(
      sentinels.map((sentinel) =>
        until(async () => {
          const info = String(await sentinel.command('INFO', 'sentinel'));
          return new RegExp(`slaves=1,sentinels=${SENTINELS}`).test(info);
        }),
      ),
    );
    return new RedisSentinels(primary, replica, sentinels, folder);
  }

  /** The server that the Sentinels name as the primary. */
  async currentPrimary(): Promise<RedisServer> {
    const [first] = this.sentinels;
    const answer = first && (await primaryOf(first));
    const primary = [this.primary, this.replica].find(({ port }) => answer?.endsWith(`\n${port}`));
    if (!primary) throw new Error('The Sentinels know no primary.');
    return primary;
  }

  /** How often another server has become the primary. The Sentinels count it, also where nothing was planned. */
  async failovers(): Promise<number> {
    const answer = await this.sentinels[0]?.command('SENTINEL', 'MASTER', NAME);
    return Number(/config-epoch\n(\d+)/.exec(String(answer))?.[1]);
  }

  /**
   * Makes a former primary a replica, as the Sentinels do some seconds later, and waits until it has all of its primary and all
   * Sentinels name that. Clients that are still connected to the former one then ask again.
   */
  async rejoins(server: RedisServer): Promise<void> {
    const { port } = await this.currentPrimary();
    await server.command('REPLICAOF', '127.0.0.1', String(port));
    await until(async () => {
      const info = String(await server.command('INFO', 'replication'));
      const named = await Promise.all(this.sentinels.map(primaryOf));
      return (
        info.includes('role:slave') &&
        info.includes('master_link_status:up') &&
        named.every((answer) => answer.endsWith(`\n${port}`))
      );
    });
    await server.command('CLIENT', 'KILL', 'TYPE', 'NORMAL');
  }

  async stop(): Promise<void> {
    await Promise.all([...this.sentinels, this.primary, this.replica].map((server) => server.stop()));
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Returns the host and the port of the primary, each in a line, as a Sentinel names it. */
const primaryOf = (sentinel: RedisServer) => sentinel.command('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', NAME);

/** A Sentinel keeps its state in its own configuration file. */
async function startSentinel(folder: string, primaryPort: number, downAfterMs: number): Promise<RedisServer> {
  const file = join(folder, `sentinel-${await freePort()}.conf`);
  const settings = [
    `sentinel monitor ${NAME} 127.0.0.1 ${primaryPort} 2`,
    `sentinel down-after-milliseconds ${NAME} ${downAfterMs}`,
    `sentinel failover-timeout ${NAME} 3000`,
  ];
  writeFileSync(file, settings.join('\n'));
  return RedisServer.startWith([file, '--sentinel']);
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('The Sentinels did not come up.');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
