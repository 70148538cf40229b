import { CLOCK_SKEW_MS } from '../../record/expiry.js';
import { type CallOptions, callOptions } from '../../store-contract/store.js';
import type { RowChoice } from './dialect.js';
import type { SqlDatabase } from './sql-database.js';
import { SESSIONS_KEY, USERS_KEY } from './tables.js';

/** How many rows one statement deletes: few, so that no write waits long for it. */
const BATCH = 200;

/** After a sweep, the next one waits this many times as long as that took. */
const PAUSE = 9;

/** The least that it waits after a sweep that found no more, in milliseconds. */
const IDLE_MS = 10_000;

/** How long it waits for a sweep that is not answered, in milliseconds. */
const LOST_MS = 60_000;

/** Deletes the rows of what has ended, by the clock of the database. */
export class Sweeper {
  readonly #db: SqlDatabase;
  /** When the next sweep may begin, by `performance.now()`. */
  #dueAt = 0;

  constructor(db: SqlDatabase) {
    this.#db = db;
  }

  /** Sweeps in the background, if it is time. A test may have set another time than the database has: then it does not. */
  afterWrite({ clock }: CallOptions): void {
    const now = performance.now();
    if (clock === 'test' || now < this.#dueAt) return;
    this.#dueAt = now + LOST_MS;
    void this.#sweep().then((isMore) => {
      const took = performance.now() - now;
      this.#dueAt = performance.now() + Math.max(took * PAUSE, isMore ? 0 : IDLE_MS);
    });
  }

  /** Deletes all sessions that have ended, and all entries. Returns how many sessions these were. */
  async prune(): Promise<number> {
    const [sessions, users] = this.#choices();
    const deleted = await this.#deleteAll(sessions);
    await this.#deleteAll(users);
    return deleted;
  }

  async #deleteAll(choice: RowChoice): Promise<number> {
    let deleted = 0;
    for (let batch = choice.limit; batch === choice.limit; deleted += batch)
      batch = await this.#delete(choice);
    return deleted;
  }

  /** Returns whether there may be more. */
  async #sweep(): Promise<boolean> {
    try {
      let isMore = false;
      // One after the other: a pool may have few connections.
      for (const choice of this.#choices()) isMore = (await this.#delete(choice)) === BATCH || isMore;
      return isMore;
    } catch {
      // The database has just said so to a write, or will say so to the next one.
      return false;
    }
  }

  #delete(choice: RowChoice): Promise<number> {
    return this.#db.change(
      this.#db.dialect.deleteChosen(choice, 'skip'),
      { skew: CLOCK_SKEW_MS, none: 0 },
      callOptions(),
    );
  }

  #choices(): [sessions: RowChoice, users: RowChoice] {
    const { dialect, tables } = this.#db;
    return [
      {
        table: tables.sessions,
        key: SESSIONS_KEY,
        // A statement without a value would go another way through some drivers: see `SqlDatabase`.
        where: `expires_at <= ${dialect.clock} - :none`,
        orderBy: 'expires_at',
        limit: BATCH,
      },
      {
        table: tables.users,
        key: USERS_KEY,
        where: `ends_at <= ${dialect.clock} - :skew`,
        orderBy: 'ends_at',
        limit: BATCH,
      },
    ];
  }
}
