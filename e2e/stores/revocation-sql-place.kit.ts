import { LoopProcess } from './loop-process.kit.js';
import type { BrowserLoops, LoopedBrowser, Looping, SignIn, SignInLoops } from './looping-visits.mjs';
import { type RevocationApp, revocationApp, type UsersOfSession } from './revocation-app.mjs';
import {
  type Crowd,
  type Left,
  type Place,
  type Sessions,
  signInMany,
  signInTwo,
} from './revocation-places.kit.js';
import type { SharedSql, SqlKind } from './shared-stores.kit.js';

const TABLES = ['next_app_session', 'next_app_session_users'];

/** A database, and a second process with the same app, in which the browsers loop. */
export class SqlPlace implements Place {
  readonly session: RevocationApp;
  readonly #shared: SharedSql;
  readonly #process: LoopProcess;

  /** How many rows the indices need for one session. */
  readonly #rowsOfEntry: number;

  private constructor(shared: SharedSql, loops: LoopProcess, users: UsersOfSession) {
    this.#shared = shared;
    this.#process = loops;
    this.#rowsOfEntry = users;
    this.session = revocationApp(shared.store, users);
  }

  static async start({ start }: SqlKind, users: UsersOfSession = 1): Promise<SqlPlace> {
    const shared = await start();
    return new SqlPlace(shared, await LoopProcess.start(shared.url, 'direct', users), users);
  }

  /** Each round begins with the same rows, so that only the first has to sign thousands in. */
  async prepare({ dead, live }: Crowd): Promise<() => Promise<Sessions>> {
    const { query } = this.#shared;
    await this.#shared.clear();
    const sessions = await signInTwo(this.session);
    await signInMany(this.session, live, 'other');
    for (const table of TABLES) await query(`DROP TABLE IF EXISTS saved_${table}`);
    await query('CREATE TABLE saved_next_app_session AS SELECT * FROM next_app_session');
    await signInMany(this.session, dead, 'dead');
    // Their records go past every library, so that their entries are dead.
    await query('CREATE TABLE saved_next_app_session_users AS SELECT * FROM next_app_session_users');
    return async () => {
      await this.#shared.clear();
      for (const table of TABLES) await query(`INSERT INTO ${table} SELECT * FROM saved_${table}`);
      return sessions;
    };
  }

  loopBrowser(work: BrowserLoops): Looping<LoopedBrowser> {
    return this.#process.loopBrowser(work);
  }

  loopSignIns(work: SignInLoops): Looping<readonly SignIn[]> {
    return this.#process.loopSignIns(work);
  }

  async left(): Promise<Left> {
    const records = await this.#shared.records();
    const owned = records.filter(({ text }) => text.includes('"ada"'));
    const devices = owned.map(({ text }) => /"device":"([^"]*)"/.exec(text)?.[1] ?? '?');
    const entries = await this.#shared.query('SELECT count(*) AS n FROM next_app_session_users');
    return { devices, entries: Number(entries[0]?.n) / this.#rowsOfEntry };
  }

  async stop(): Promise<void> {
    this.#process.stop();
    await this.#shared.stop();
  }
}
