// What the tables are measured against: a Redis and a PostgreSQL of this run's own, and free ports.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { findPostgres } from '../scripts/find-postgres.mjs';
import { findRedis } from '../scripts/find-redis.mjs';
import { findValkey } from '../scripts/find-valkey.mjs';

export async function freePort() {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

/** The servers that a record can be kept on, by name: the Redis of most machines, and one that compares in SET. */
export const REDIS_SERVERS = { 'Redis 7': findRedis, 'Valkey 9': () => findValkey('9') };

/** A Redis that keeps nothing on disk. `stop` ends it; `freeze` and `thaw` suspend its process. */
export class RedisServer {
  #program;
  #process;

  constructor(port, program) {
    this.port = port;
    this.#program = program;
    this.url = `redis://localhost:${port}`;
  }

  /** @param program the server. */
  static async start(program = findRedis()) {
    if (!program) throw new Error('A server is missing: run "npm run pretest" in the root.');
    const server = new RedisServer(await freePort(), program);
    server.start();
    return server;
  }

  start() {
    const args = ['--port', String(this.port), '--save', '', '--loglevel', 'warning'];
    this.#process = spawn(this.#program, args, { stdio: 'ignore' });
  }

  freeze() {
    this.#process.kill('SIGSTOP');
  }

  thaw() {
    this.#process.kill('SIGCONT');
  }

  async stop() {
    this.#process.kill('SIGKILL');
    await once(this.#process, 'exit');
  }
}

/** A PostgreSQL with its own folder, on loopback. It waits for the disk at each commit, unless it is told not to. */
export class PostgresServer {
  #folder;
  #process;

  constructor(folder, port, process) {
    this.url = `postgres://bench@127.0.0.1:${port}/postgres`;
    this.#folder = folder;
    this.#process = process;
  }

  static async start({ waitsForDisk }) {
    const file = findPostgres();
    if (!file) throw new Error('No PostgreSQL server was found: run "npm run pretest" in the root.');
    const folder = mkdtempSync(join(tmpdir(), 'bench-pg-'));
    const owner = ownerOf(folder);
    const data = join(folder, 'data');
    const initdb = ['-D', data, '-U', 'bench', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
    execFileSync(join(dirname(file), 'initdb'), initdb, { ...owner, cwd: folder, stdio: 'ignore' });
    const port = await freePort();
    const settings = [`port=${port}`, `unix_socket_directories=${folder}`, 'listen_addresses=127.0.0.1'];
    if (!waitsForDisk) settings.push('synchronous_commit=off');
    const args = ['-D', data, ...settings.flatMap((setting) => ['-c', setting])];
    const server = new PostgresServer(
      folder,
      port,
      spawn(file, args, { ...owner, cwd: folder, stdio: 'ignore' }),
    );
    await server.#answers();
    return server;
  }

  async stop() {
    this.#process.kill('SIGQUIT');
    await once(this.#process, 'exit');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #answers() {
    for (let attempt = 0; attempt < 300; attempt++) {
      const client = new Client(this.url);
      const answered = await client.connect().then(
        () => true,
        () => false,
      );
      await client.end().catch(() => {});
      if (answered) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('PostgreSQL does not answer.');
  }
}

/** PostgreSQL refuses to run as root: a root uses the `postgres` user of the package, and gives it the folder. */
function ownerOf(folder) {
  if (process.getuid?.() !== 0) return {};
  const id = (flag) => Number(execFileSync('id', [flag, 'postgres']));
  const [uid, gid] = [id('-u'), id('-g')];
  chownSync(folder, uid, gid);
  return { uid, gid };
}
