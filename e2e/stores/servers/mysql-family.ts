import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { type Program, SqlServer } from './sql-server.js';

/** The name of the database, and of the user to whom it belongs. Unlike root, the user cannot write while the server is read-only. */
const NAME = 'tests';
const AT_EACH_START = [
  `CREATE DATABASE IF NOT EXISTS ${NAME};`,
  `CREATE USER IF NOT EXISTS '${NAME}'@'127.0.0.1';`,
  `GRANT ALL ON ${NAME}.* TO '${NAME}'@'127.0.0.1';`,
];

const SETTINGS = [
  '--bind-address=127.0.0.1',
  '--skip-name-resolve',
  '--skip-log-bin',
  '--performance-schema=OFF',
  '--innodb-buffer-pool-size=32M',
  // A commit outlives the server, and not the machine.
  '--innodb-flush-log-at-trx-commit=2',
];

/** A real MariaDB or MySQL server for one test file: they take the same settings. */
export abstract class MySqlFamilyServer extends SqlServer {
  readonly #command: readonly [file: string, ...args: string[]];

  /** @param command the program, and what it takes beside settings. */
  protected constructor(name: string, command: readonly [file: string, ...args: string[]]) {
    super(name, 'SIGKILL');
    this.#command = command;
    writeFileSync(this.#startFile, AT_EACH_START.join('\n'));
  }

  /** For `mysql2`. Needs no password. */
  get connection() {
    return { host: '127.0.0.1', port: this.port, user: NAME, database: NAME };
  }

  get url(): string {
    return `mysql://${NAME}@127.0.0.1:${this.port}/${NAME}`;
  }

  async query(text: string): Promise<Record<string, unknown>[]> {
    // The socket in the own folder: another server may have taken the port.
    const client = await createConnection({ socketPath: this.#socket, user: 'root', database: NAME });
    try {
      const [rows] = await client.query<RowDataPacket[]>(text);
      return rows;
    } finally {
      client.destroy();
    }
  }

  async setReadOnly(isReadOnly: boolean): Promise<void> {
    await this.query(`SET GLOBAL read_only = ${isReadOnly}`);
  }

  protected program(): Program {
    const [file, ...args] = this.#command;
    const places = [
      `--port=${this.port}`,
      `--socket=${this.#socket}`,
      `--pid-file=${join(this.folder, 'pid')}`,
      `--init-file=${this.#startFile}`,
    ];
    return { file, args: [...args, ...this.own, ...places, ...SETTINGS] };
  }

  /** What says where its data is, and that it may be root. */
  protected get own(): string[] {
    const user = process.getuid?.() === 0 ? ['--user=root'] : [];
    return [`--datadir=${join(this.folder, 'data')}`, ...user];
  }

  get #socket(): string {
    return join(this.folder, 'socket');
  }

  get #startFile(): string {
    return join(this.folder, 'start.sql');
  }
}
