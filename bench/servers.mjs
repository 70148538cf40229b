// What the tables are measured against: a Redis of this run's own, and free ports.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { findRedis } from '../scripts/find-redis.mjs';

export async function freePort() {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

/** A Redis that keeps nothing on disk. `stop` ends it; `freeze` and `thaw` suspend its process. */
export class RedisServer {
  #process;

  constructor(port) {
    this.port = port;
    this.url = `redis://localhost:${port}`;
  }

  static async start() {
    const server = new RedisServer(await freePort());
    server.start();
    return server;
  }

  start() {
    const args = ['--port', String(this.port), '--save', '', '--loglevel', 'warning'];
    this.#process = spawn(findRedis(), args, { stdio: 'ignore' });
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
