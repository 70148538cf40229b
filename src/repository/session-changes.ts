import type { RequestContext } from '../gateway/request-context.js';
import { EntryRefused } from '../lib/session-refusals.js';
import type { ResolvedOptions } from '../options/options.js';
import { slide } from '../record/expiry.js';
import { mayRemain } from '../record/grace-copy.js';
import { newNonce } from '../record/nonce.js';
import type { Session } from '../record/record.js';
import { mayMatter, type Renewal } from '../record/renewal.js';
import { applyChange, type Change, isSlideOnly } from './change.js';
import { deleteCopiesOfOldUser, deleteGraceCopies } from './grace.js';
import { entriesOf, keepsUsers, underFirstName } from './index-entry.js';
import { type Attempt, writeOptimistically } from './optimistic-write.js';
import type { LiveSession, MaybeId, SessionRef, StoredSession } from './session-ref.js';
import type { SessionWriter } from './session-writer.js';

/** Changes sessions that are alive, on top of what others wrote meanwhile. */
export class SessionChanges {
  readonly #options: ResolvedOptions;
  readonly #context: RequestContext;
  readonly #writer: SessionWriter;

  constructor(options: ResolvedOptions, context: RequestContext, writer: SessionWriter) {
    this.#options = options;
    this.#context = context;
    this.#writer = writer;
  }

  /** Changes a session. A record that is outdated is written, whatever changes. See `writeOptimistically`. */
  write<Id extends MaybeId>(
    ref: SessionRef<Id>,
    known: LiveSession<Id> | undefined,
    change: Change,
  ): Promise<StoredSession<Id> | null> {
    return this.writeUnlessRefused(ref, known, (live) => {
      const due: Change = live.isOutdated ? (session) => ({ ...change(session) }) : change;
      const next = this.renew(live.session, due, ref.key);
      if (next === live.session) return live;
      return this.#writer
        .write(ref, live, next)
        .then((written) => written ?? { is: 'rejected', nonce: next.nonce });
    });
  }

  /** Slides the idle timeout, through `change` of the dates. */
  async touch(ref: SessionRef, live: LiveSession, change: Change): Promise<StoredSession> {
    const next = this.renew(live.session, change, ref.key);
    if (ref.slidesByTouch && isSlideOnly(live.session, next)) return ref.touch(live, next);
    return (await this.write(ref, live, change)) ?? live;
  }

  /**
   * Moves the entries of a session that was made under a former cookie name, before it gets a new ID: a new ID needs the entries
   * that a sign-out or a revocation marks. Returns null if another request was faster.
   */
  async moveEntries(ref: SessionRef, live: LiveSession): Promise<LiveSession | null> {
    const session = underFirstName(live.session, this.#options);
    if (session === live.session) return live;
    return this.#writer.write(ref, live, { ...session, nonce: newNonce() });
  }

  /**
   * Writes optimistically. If the index refuses the session, since it was revoked or the index is lost, its record goes as well,
   * with its grace copies: nobody could revoke them any more. If it has changed, the session may have moved to a new ID.
   */
  writeUnlessRefused<Id extends MaybeId>(
    ref: SessionRef<Id>,
    known: LiveSession<Id> | undefined,
    attempt: Attempt<Id>,
  ): Promise<StoredSession<Id> | null> {
    return writeOptimistically(ref, known, async (live) => {
      try {
        const done = await attempt(live);
        if (done.is !== 'live') return done;
        const copies = deleteCopiesOfOldUser(this.#options, ref.operation, live.session, done.session);
        if (copies) await copies;
        return done;
      } catch (error) {
        if (!(error instanceof EntryRefused)) throw error;
        await deleteGraceCopies(this.#options, ref.operation, live.session);
        if (!(await ref.deleteIfVersion(live.version, 'revoked'))) return { is: 'rejected', nonce: null };
        // A revocation that finds no record leaves the key: it could be of a record that is on its way.
        await this.#writer.unindex(ref, live.session);
        throw error;
      }
    });
  }

  /** Applies a change. Every write counts as use of the session. */
  renew(session: Session, change: Change, key: string): Session {
    const next = applyChange(session, change, this.#options);
    if (next === session) return session;
    const before = underFirstName(session, this.#options);
    const now = this.#context.clock.now();
    const entries = entriesOf({ ...next, entries: before.entries }, this.#options, key, now);
    const graceCopies = next.graceCopies.filter((copy) => mayRemain(copy, now));
    const slid = slide({ ...next, entries }, this.#options.expiry, now);
    return { ...slid, graceCopies, renewals: renewalsOf(before, slid, now), nonce: newNonce() };
  }
}

/** Returns the renewals that go on. What is renewed for a user who has left the session is not for the next one. */
function renewalsOf(session: Session, next: Session, now: number): readonly Renewal[] {
  if (!keepsUsers(session, next)) return [];
  return next.renewals.filter((renewal) => mayMatter(renewal, now) && Object.hasOwn(next.data, renewal.key));
}
