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

/** Returns whether an entry is among others, with the same name and end. */
export function isAmong(entry: SessionEntry, others: readonly SessionEntry[]): boolean {
  return others.some((other) => isSame(entry, other));
}

export function areSameEntries(a: readonly SessionEntry[], b: readonly SessionEntry[]): boolean {
  return a.length === b.length && a.every((entry, at) => isSame(entry, b[at]));
}

function isSame(a: SessionEntry, b: SessionEntry | undefined): boolean {
  return a === b || (a.user === b?.user && a.id === b.id && a.until === b.until);
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
  try {
    const users = usersOf(session, options);
    return (
      users.length !== session.entries.length || users.some((user, at) => user !== session.entries[at]?.user)
    );
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
  const isOwner = ownersOf(session, options).includes(user);
  if (isOwner && (entryFor(session, user)?.id ?? id) === id) return true;
  const others = session.entries.filter((other) => other.id === id);
  return (
    others.length > 0 &&
    keysOfUser(session, user, options).some((key) => others.some((other) => other.user === key))
  );
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
    return [...new Set(at < 0 ? [user] : keys.flatMap((users) => users[at] ?? []))];
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
  const { names, name: first } = options;
  if (names.length === 1 || session.entries.length === 0) return session;
  try {
    const current = usersOf(session, options);
    const moved = new Map(
      names
        .filter((name) => name !== first)
        .flatMap((name) =>
          usersOf(session, { ...options, name }).map((key, at) => [key, current[at]] as const),
        ),
    );
    const entries = session.entries.map((entry) => ({ ...entry, user: moved.get(entry.user) ?? entry.user }));
    return areSameEntries(entries, session.entries) ? session : { ...session, entries };
  } catch {
    // The app's own function cannot take this data. A write may mend it.
    return session;
  }
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
