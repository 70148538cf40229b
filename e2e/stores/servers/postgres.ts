import { execFile, execFileSync } from 'node:child_process';
import { chownSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { findPostgres } from '../../../scripts/find-postgres.mjs';
import { waitFor } from './processes.js';
import { type Program, SqlServer } from './sql-server.js';

const run = promisify(execFile);

/** The server's only user. Needs no password. */
const USER = 'tests';
const DATABASE = 'postgres';
const READ_ONLY = 'default_transaction_read_only';

/** A real PostgreSQL server for one test file. */
export class PostgresServer extends SqlServer {
  readonly #programs: string;
  readonly #owner: { uid?: number; gid?: number };

  private constructor() {
    // PostgreSQL calls this "immediate shutdown": it ends its worker processes too.
    super('postgres', 'SIGQUIT');
    const file = findPostgres();
    if (!file) throw new Error('No PostgreSQL server was found: run "npm run pretest".');
    this.#programs = dirname(file);
    this.#owner = ownerOf(this.folder);
  }

  static start(): Promise<PostgresServer> {
    const server = new PostgresServer();
    const settings = ['-U', USER, '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
    return server.begin(() => server.#run('initdb', ['-D', server.#data, ...settings]));
  }

  /** Starts a server that repeats all that this one does. It can only be read, until `promote`. */
  static startReplica(of: PostgresServer): Promise<PostgresServer> {
    const replica = new PostgresServer();
    const from = ['-h', of.folder, '-p', String(of.port), '-U', USER];
    const how = ['--write-recovery-conf', '--checkpoint=fast', '--no-sync'];
    return replica.begin(() => replica.#run('pg_basebackup', ['-D', replica.#data, ...from, ...how]));
  }

  /** For `pg` and postgres.js. */
  get connection() {
    return { host: '127.0.0.1', port: this.port, user: USER, database: DATABASE };
  }

  get url(): string {
    return `postgres://${USER}@127.0.0.1:${this.port}/${DATABASE}`;
  }

  async query(text: string): Promise<Record<string, unknown>[]> {
    // The socket in the own folder: another server may have taken the port.
    const client = new Client({ ...this.connection, host: this.folder });
    try {
      await client.connect();
      const { rows } = await client.query(text);
      return rows;
    } finally {
      await client.end().catch(() => {});
    }
  }

  async setReadOnly(isReadOnly: boolean): Promise<void> {
    const setting = isReadOnly ? 'on' : 'off';
    await this.query(`ALTER SYSTEM SET ${READ_ONLY} = ${setting}`);
    await this.query('SELECT pg_reload_conf()');
    // A new connection has the setting as soon as the open ones have been told of it.
    await waitFor(
      async () => (await this.query(`SHOW ${READ_ONLY}`)).find((row) => row[READ_ONLY] === setting),
      () => 'PostgreSQL did not read its settings again.',
    );
  }

  /** Makes a replica a server that can be written to. */
  async promote(): Promise<void> {
    await this.query('SELECT pg_promote()');
  }

  /** Waits until a replica has repeated all that this server has done so far. */
  async isRepeatedBy(replica: PostgresServer): Promise<void> {
    const [done] = await this.query('SELECT pg_current_wal_lsn() AS position');
    const hasArrived = `SELECT 1 WHERE pg_last_wal_replay_lsn() >= '${done?.position}'`;
    await waitFor(
      async () => (await replica.query(hasArrived)).at(0),
      () => 'The replica of PostgreSQL is late.',
    );
  }

  protected program(): Program {
    const settings = [
      `port=${this.port}`,
      'listen_addresses=127.0.0.1',
      `unix_socket_directories=${this.folder}`,
      'fsync=off',
      // A replica without its primary looks for it that often, and is not promoted meanwhile.
      'wal_retrieve_retry_interval=100ms',
    ];
    const args = ['-D', this.#data, ...settings.flatMap((setting) => ['-c', setting])];
    return { file: join(this.#programs, 'postgres'), args, ...this.#owner };
  }

  get #data(): string {
    return join(this.folder, 'data');
  }

  #run(program: string, args: readonly string[]): Promise<unknown> {
    return run(join(this.#programs, program), args, { ...this.#owner, cwd: this.folder });
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
