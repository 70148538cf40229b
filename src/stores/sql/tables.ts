/** The two tables of a store, by their quoted names. */
export interface SqlTables {
  /** The records of sessions. */
  readonly sessions: string;
  /** The index of each user. */
  readonly users: string;
  /** Their indices, each on the time when a row ends. */
  readonly sessionsIndex: string;
  readonly usersIndex: string;
}

/** The columns of their primary keys. */
export const SESSIONS_KEY = ['id'];
export const USERS_KEY = ['user_key', 'entry'];

/** Returns the names of a store's tables. The given one has been checked: `table`, or `schema.table`. */
export function tablesOf(table: string, quote: (identifier: string) => string): SqlTables {
  const [name = '', ...schemas] = table.split('.').toReversed();
  const within = (part: string) => [...schemas.toReversed(), part].map(quote).join('.');
  return {
    sessions: within(name),
    users: within(`${name}_users`),
    sessionsIndex: quote(`${name}_expires_at`),
    usersIndex: quote(`${name}_users_ends_at`),
  };
}
