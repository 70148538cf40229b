import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { findPostgres } from '../../../scripts/find-postgres.mjs';

const run = promisify(execFile);

/** The server's only user. Needs no password, since the server listens only on a socket in its own folder. */
const USER = 'tests';

/** A real PostgreSQL server for one test file, with its own folder. */
export class PostgresServer {
  readonly connection: { host: string; user: string; database: string };
  readonly #folder: string;
  readonly #process: ChildProcess;

  private constructor(folder: string, process: ChildProcess) {
    this.connection = { host: folder, user: USER, database: 'postgres' };
    this.#folder = folder;
    this.#process = process;
  }

  static async start(): Promise<PostgresServer> {
    const file = findPostgres();
    if (!file) throw new Error('No PostgreSQL server was found: run "npm run pretest".');
    const folder = mkdtempSync(join(tmpdir(), 'pg-'));
    const owner = ownerOf(folder);
    const data = join(folder, 'data');
    const initdb = ['-D', data, '-U', USER, '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
    await run(join(dirname(file), 'initdb'), initdb, { ...owner, cwd: folder });
    const settings = ['listen_addresses=', `unix_socket_directories=${folder}`, 'fsync=off'];
    const args = ['-D', data, ...settings.flatMap((setting) => ['-c', setting])];
    const server = new PostgresServer(folder, spawn(file, args, { ...owner, cwd: folder, stdio: 'ignore' }));
    await server.#answers();
    return server;
  }

  async stop(): Promise<void> {
    const running = this.#process;
    if (running.exitCode === null && running.signalCode === null) {
      const gone = new Promise((resolve) => running.once('exit', resolve));
      // PostgreSQL calls this "immediate shutdown": it ends its worker processes too.
      running.kill('SIGQUIT');
      await gone;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #answers(): Promise<void> {
    const deadline = Date.now() + 60_000;
    while (!(await this.#accepts())) {
      if (Date.now() > deadline) throw new Error('PostgreSQL did not start.');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async #accepts(): Promise<boolean> {
    const client = new Client(this.connection);
    try {
      await client.connect();
      return true;
    } catch {
      return false;
    } finally {
      await client.end().catch(() => {});
    }
  }
}

/**
 * Returns the user that PostgreSQL runs as, and gives it the folder. PostgreSQL refuses to run as root: a
 * root uses the `postgres` user of the package, or `nobody`.
 */
function ownerOf(folder: string): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const [uid, gid] = idsOf('postgres') ?? idsOf('nobody') ?? [65_534, 65_534];
  chownSync(folder, uid, gid);
  return { uid, gid };
}

function idsOf(user: string): [uid: number, gid: number] | undefined {
  try {
    const id = (flag: string) => Number(execFileSync('id', [flag, user], { stdio: 'pipe' }));
    return [id('-u'), id('-g')];
  } catch {
    return undefined;
  }
}
