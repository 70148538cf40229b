import { UnknownOutcome } from '../gateway/store-failures.js';
import { untilSent } from '../gateway/until-sent.js';
import type { ResolvedOptions } from '../options/options.js';
import type { SessionEntry } from '../record/record.js';
import type { IndexCalls } from './index-calls.js';
import { isAmong } from './index-entry.js';
import type { RecordRef } from './record-ref.js';
import type { LiveSession } from './session-ref.js';

/** The entries of one session, one in the index of each of its users. No call of one waits for that of another. */
export class SessionEntries {
  readonly #options: ResolvedOptions;
  readonly #calls: IndexCalls;

  constructor(options: ResolvedOptions, calls: IndexCalls) {
    this.#options = options;
    this.#calls = calls;
  }

  /** Returns whether the store has an index that this process has to keep up to date, with or without the `user` option. */
  areKept({ operation }: RecordRef): boolean {
    const { users, atomic } = operation.open.store;
    return this.#options.user !== undefined || (users !== undefined && atomic !== undefined);
  }

  /**
   * Adds a session whose record is about to be written.
   *
   * @param from the session that moves here.
   * @returns the entries that were added. One that is not has been revoked.
   */
  add(
    ref: RecordRef,
    entries: readonly SessionEntry[],
    from: LiveSession | undefined,
  ): Promise<SessionEntry[]> {
    return taken(entries, (entry) =>
      this.#add(ref, entry, from && isAmong(entry, from.session.entries) ? from.key : undefined),
    );
  }

  /** Returns the entries that still hold a session whose record has been written. */
  held(ref: RecordRef, entries: readonly SessionEntry[]): Promise<SessionEntry[]> {
    return taken(entries, (entry) => this.#add(ref, entry, ref.key));
  }

  /** Removes the key of a record that is deleted, as far as that succeeds. */
  async remove(key: string, entries: readonly SessionEntry[]): Promise<void> {
    await Promise.all(entries.map(({ user, id }) => this.#calls.remove(user, [{ entry: id, key }])));
  }

  /**
   * Adds a key to an entry. Adds it again if the answer was lost, which changes nothing.
   *
   * @param from the key that the session moves from. Left out for one that is not in the index.
   * @returns false if the session has been revoked.
   */
  async #add({ operation, key }: RecordRef, entry: SessionEntry, from?: string): Promise<boolean> {
    const { user, id, until } = entry;
    const send = () =>
      this.#calls.run(
        operation,
        'index',
        user,
        (users, options) => users.add(user, { entry: id, key, until, from }, options),
        [key, from ?? key],
      );
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof UnknownOutcome) || operation.deadline.passed) throw error;
      return untilSent(send, operation);
    }
  }
}

/** Returns the entries that `ask` takes. One that it refuses is certain, so it counts more than the failure of another. */
async function taken(
  entries: readonly SessionEntry[],
  ask: (entry: SessionEntry) => Promise<boolean>,
): Promise<SessionEntry[]> {
  const answers = await Promise.allSettled(
    entries.map(async (entry) => ({ entry, isTaken: await ask(entry) })),
  );
  const given = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  const failed = answers.find((answer) => answer.status === 'rejected');
  if (failed && given.every(({ isTaken }) => isTaken)) throw failed.reason;
  return given.filter(({ isTaken }) => isTaken).map(({ entry }) => entry);
}
