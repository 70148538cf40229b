import { CLOCK_SKEW_MS } from '../../record/expiry.js';
import { formatCursor, type IndexCursor, parseCursor } from '../../store-contract/index-cursor.js';
import type { IndexPage, NewEntry, RevokeChoice } from '../../store-contract/store.js';

/** An entry, without the records of its keys. */
export interface MemoryEntry {
  readonly id: string;
  readonly keys: ReadonlySet<string>;
  readonly until: number;
  /** When a key was added last, epoch milliseconds; the negative of the time when its record was written. */
  readonly changedAt: number;
  readonly isRevoked: boolean;
}

/** How long after a key was added its record may still be missing. */
const RECENT_MS = 60_000;

/** How many entries each `add` checks. */
const SWEEP_STEP = 2;

/** The index of each user, in memory. */
export class MemoryUserIndex {
  /** Returns whether there is a record under a key. */
  readonly #hasRecord: (key: string) => boolean;
  /** The entries of each user, by their names. */
  readonly #users = new Map<string, Map<string, MemoryEntry>>();
  /** Where the next sweep continues. */
  #cursor = this.all();

  constructor(hasRecord: (key: string) => boolean) {
    this.#hasRecord = hasRecord;
  }

  /** Returns false for a revoked entry, and for one that does not hold `from`. */
  add(user: string, { entry: id, key, until, from }: NewEntry, now: number): boolean {
    this.#sweep(now);
    const known = this.#users.get(user)?.get(id);
    if (known?.isRevoked || (from !== undefined && !known?.keys.has(from))) return false;
    if (known && from === key) {
      this.#put(user, { ...known, changedAt: -now });
      return true;
    }
    this.#put(user, {
      id,
      keys: new Set([...(known?.keys ?? []), key]),
      until: Math.max(until, known?.until ?? 0),
      changedAt: now,
      isRevoked: false,
    });
    return true;
  }

  /**
   * Removes a key, and its entry if that was the last one.
   *
   * @param recentAt the time now, to leave an entry alone that changed within the last minute; null to remove the key in any case.
   */
  remove(user: string, id: string, key: string, recentAt: number | null = null): void {
    const entry = this.#users.get(user)?.get(id);
    if (!entry?.keys.has(key) || (recentAt !== null && Math.abs(entry.changedAt) + RECENT_MS > recentAt))
      return;
    const keys = new Set(entry.keys);
    keys.delete(key);
    if (keys.size > 0) this.#put(user, { ...entry, keys });
    else this.#delete(user, id);
  }

  /** Returns a page of entries, those with the latest end first, and where the next page begins. */
  list(user: string, { limit, cursor }: IndexPage, now: number): [MemoryEntry[], string | null] {
    const entries = this.#present(user, now).filter(({ isRevoked }) => !isRevoked);
    entries.sort((a, b) => b.until - a.until || (a.id < b.id ? 1 : -1));
    const after = parseCursor(cursor);
    const start = after ? entries.findIndex((entry) => isAfter(entry, after)) : 0;
    const page = start < 0 ? [] : entries.slice(start, start + limit);
    const last = page.at(-1);
    return [
      page,
      last && last !== entries.at(-1) ? formatCursor({ until: last.until, entry: last.id }) : null,
    ];
  }

  /** Marks entries as revoked and returns them, those that were marked before first. */
  revoke(user: string, { limit, only, except }: RevokeChoice, now: number): MemoryEntry[] {
    const chosen = only ? this.#named(user, only, now) : this.#present(user, now, new Set(except));
    const revoked = chosen.filter(({ isRevoked }) => isRevoked);
    const others = chosen.filter(({ isRevoked }) => !isRevoked);
    const entries = [...revoked, ...others].slice(0, limit);
    for (const entry of entries) this.#put(user, { ...entry, isRevoked: true });
    return entries;
  }

  /** Takes over the entries of another index, which another copy of this module may have made. */
  addAll(other: Pick<MemoryUserIndex, 'all'>): void {
    for (const [user, entry] of other.all()) this.#put(user, entry);
  }

  *all(): Generator<[user: string, entry: MemoryEntry]> {
    for (const [user, entries] of this.#users) for (const entry of entries.values()) yield [user, entry];
  }

  /** Returns the user's entries but those named in `except`. Removes those whose time is over. */
  #present(user: string, now: number, except?: ReadonlySet<string>): MemoryEntry[] {
    const present: MemoryEntry[] = [];
    for (const entry of this.#users.get(user)?.values() ?? []) {
      if (isOver(entry.until, now)) this.#delete(user, entry.id);
      else if (!except?.has(entry.id)) present.push(entry);
    }
    return present;
  }

  #named(user: string, names: readonly string[], now: number): MemoryEntry[] {
    const entries = this.#users.get(user);
    return [...new Set(names)]
      .flatMap((name) => entries?.get(name) ?? [])
      .filter(({ until }) => !isOver(until, now));
  }

  #put(user: string, entry: MemoryEntry): void {
    const entries = this.#users.get(user) ?? new Map<string, MemoryEntry>();
    this.#users.set(user, entries.set(entry.id, entry));
  }

  #delete(user: string, id: string): void {
    const entries = this.#users.get(user);
    entries?.delete(id);
    if (entries?.size === 0) this.#users.delete(user);
  }

  /** Removes those of the next few entries that are over, or lead to nothing any more. */
  #sweep(now: number): void {
    for (let step = 0; step < SWEEP_STEP; step++) {
      const next = this.#cursor.next();
      if (next.done) {
        this.#cursor = this.all();
        return;
      }
      const [user, entry] = next.value;
      // A revoked one stays: the revocation removes it.
      const isDead = !entry.isRevoked && !isRecent(entry, now) && ![...entry.keys].some(this.#hasRecord);
      if (isDead || isOver(entry.until, now)) this.#delete(user, entry.id);
    }
  }
}

/** Returns whether a key was added within the last minute. */
export function isRecent({ changedAt }: MemoryEntry, now: number): boolean {
  return changedAt + RECENT_MS > now;
}

function isOver(until: number, now: number): boolean {
  return until + CLOCK_SKEW_MS < now;
}

/** Returns whether an entry comes after the one where a page ended. That one may be gone by now. */
function isAfter({ until, id }: MemoryEntry, cursor: IndexCursor): boolean {
  return until < cursor.until || (until === cursor.until && id < cursor.entry);
}
