import type { ResolvedOptions } from '../options/options.js';
import { USER_LIFETIME_MS } from '../record/expiry.js';
import type { Session, SessionEntry } from '../record/record.js';
import { sessionHandle } from '../record/session-id.js';
import { userKeys } from '../record/user-key.js';

/**
 * Returns the entries that a session should have, one in the index of each of its users. An entry that it has stays as it is,
 * with its end: so a raised `absoluteTimeout` lets no session outlive its entry.
 *
 * @param key what the store knows the session by. A new entry is named after it.
 */
export function entriesOf(
  session: Session,
  options: ResolvedOptions,
  key: string,
  now: number,
): readonly SessionEntry[] {
  const until = Math.ceil((session.createdAt ?? now) + (options.expiry.absoluteMs ?? USER_LIFETIME_MS));
  return usersOf(session, options).map(
    (user) => entryFor(session, user) ?? { user, id: sessionHandle(key), until },
  );
}

/** Returns the entry that a session has in the index of a user. */
export function entryFor({ entries }: Pick<Session, 'entries'>, user: string): SessionEntry | undefined {
  return entries.find((entry) => entry.user === user);
}

/** Returns whether a session with these other entries has an entry: it keeps its name and its end, so the user says it all. */
export function isAmong({ user }: SessionEntry, others: readonly SessionEntry[]): boolean {
  return others.some((other) => other.user === user);
}

/** Returns whether a session has the same entries as before. */
export function areSameEntries(a: readonly SessionEntry[], b: readonly SessionEntry[]): boolean {
  return areOf(
    a.map(({ user }) => user),
    b,
  );
}

/** Returns whether these are the entries of these users, in their order. */
function areOf(users: readonly string[], entries: readonly SessionEntry[]): boolean {
  return users.length === entries.length && entries.every(({ user }, at) => user === users[at]);
}

/**
 * Returns whether a session that goes on as `next` still has every user that it had. One whom it has no more could not revoke
 * what they left behind.
 */
export function keepsUsers(session: Session, next: Session): boolean {
  return session.entries.every(({ user }) => entryFor(next, user) !== undefined);
}

/**
 * Returns whether a read should index the session: it predates the `user` option, express-session copied its record to
 * another ID, or a process without the option changed its user.
 */
export function isEntryDue(session: Session, options: ResolvedOptions): boolean {
  if (!options.user) return false;
  try {
    return !areOf(usersOf(session, options), session.entries);
  } catch {
    // The app's own function failed. The next write reports that; it is no reason to fail a read.
    return false;
  }
}

/**
 * Returns whose session a record is, the user's own first. One that 1.x replaced names nobody: then its data decides, as at its
 * next read.
 */
export function ownersOf(session: UserData, options: ResolvedOptions): readonly string[] {
  try {
    if (session.entries.length > 0) return session.entries.map(({ user }) => user);
    return options.names.flatMap((name) => usersOf(session, { ...options, name }));
  } catch {
    return [];
  }
}

/**
 * Returns whether a record belongs to an entry of a user's index. A session that has no such entry is other users' by now, or moves
 * from the index of one cookie name to that of another: then it belongs to the entries in both.
 */
export function belongsTo(
  session: UserData,
  entry: Pick<SessionEntry, 'user' | 'id'>,
  options: ResolvedOptions,
): boolean {
  const { user, id } = entry;
  if (session.entries.length === 0) return ownersOf(session, options).includes(user);
  const keys = keysOfUser(session, user, options);
  return session.entries.some((other) => other.id === id && keys.includes(other.user));
}

/**
 * Returns the keys that a user of a session has, one for each cookie name. That of the first name comes last: a session moves to its
 * index at any moment, so who goes through that one last meets them all.
 *
 * @param user one of them.
 */
export function keysOfUser(session: UserData, user: string, options: ResolvedOptions): readonly string[] {
  const { names } = options;
  if (names.length === 1) return [user];
  try {
    const keys = names.toReversed().map((name) => usersOf(session, { ...options, name }));
    const at = Math.max(...keys.map((users) => users.indexOf(user)));
    return [...new Set(keys.map((users) => users[at] ?? user))];
  } catch {
    // The app's own function cannot take this data.
    return [user];
  }
}

/**
 * Returns the session with each entry of a former cookie name under the first one, as its next write leaves it. The entry keeps
 * its name and its end.
 */
export function underFirstName(session: Session, options: ResolvedOptions): Session {
  if (options.names.length === 1) return session;
  const firstKeyOf = ({ user }: SessionEntry) => keysOfUser(session, user, options).at(-1) ?? user;
  const entries = session.entries.map((entry) => ({ ...entry, user: firstKeyOf(entry) }));
  return areSameEntries(entries, session.entries) ? session : { ...session, entries };
}

/** What says whose session a record is. */
type UserData = Pick<Session, 'data' | 'entries'>;

/** Returns the keys of a session's users, the user's own first. Without the option, a session keeps those that it has. */
export function usersOf(
  { data, entries }: UserData,
  { name, user: idsOf }: Pick<ResolvedOptions, 'name' | 'user'>,
): readonly string[] {
  return idsOf ? userKeys(name, idsOf({ ...data })) : entries.map(({ user }) => user);
}
