import type { RequestContext } from '../gateway/request-context.js';
import type { MaybePromise } from '../lib/maybe-promise.js';
import { isGone } from '../lib/session-refusals.js';
import { unlessLate } from '../lib/unless-late.js';
import type { ResolvedOptions } from '../options/options.js';
import { isStale, retryMs, slide } from '../record/expiry.js';
import { newNonce } from '../record/nonce.js';
import type { Session } from '../record/record.js';
import { isEntryDue } from './index-entry.js';
import type { SessionChanges } from './session-changes.js';
import type { LiveSession, SessionRef, StoredSession } from './session-ref.js';

/**
 * The writes that a read makes of a session that is alive. Nobody asked for them, and the store may refuse writes or hold them
 * back while it answers reads: so they do not fail the read, keep it waiting for a moment only, and are not tried at each read.
 */
export class ReadRenewal {
  readonly #options: ResolvedOptions;
  readonly #context: RequestContext;
  readonly #changes: SessionChanges;

  constructor(options: ResolvedOptions, context: RequestContext, changes: SessionChanges) {
    this.#options = options;
    this.#context = context;
    this.#changes = changes;
  }

  /** Returns the session as the read leaves it: null if it turns out to have ended. */
  renew(ref: SessionRef, live: LiveSession): MaybePromise<StoredSession | null> {
    if (live.isOutdated || this.#isIncomplete(ref, live.session)) return this.#complete(ref, live);
    return isStale(live.session, this.#options.expiry, this.#context.clock.now())
      ? this.#slide(ref, live)
      : live;
  }

  /** Returns whether the record lacks its index entry or its date of creation. */
  #isIncomplete(ref: SessionRef, session: Session): boolean {
    const { expiry } = this.#options;
    // Without compare and swap, this write could overwrite one of another process: only where the date counts.
    const isStamped = session.createdAt !== null || (!ref.isAtomic && expiry.absoluteMs === null);
    return !isStamped || (ref.store.users !== undefined && isEntryDue(session, this.#options));
  }

  /** 1.x may remove these fields again, so each read that misses them tries again, unless that failed a moment ago. */
  #complete(ref: SessionRef, live: LiveSession): MaybePromise<StoredSession | null> {
    const { tried } = ref.operation.open;
    const attempt = `complete ${ref.key}`;
    if (tried.has(attempt, this.#context.clock.now(), retryMs(live.session, this.#options.expiry)))
      return live;
    const completed = this.#changes.write(ref, live, (session) =>
      this.#isIncomplete(ref, session) ? { ...session } : session,
    );
    return this.#unlessLate(completed, live, () => tried.add(attempt, this.#context.clock.now()));
  }

  /** Slides the idle timeout: once in `touchAfter`, whatever comes of it, however many read the session at the same time. */
  #slide(ref: SessionRef, live: LiveSession): MaybePromise<StoredSession | null> {
    const { expiry } = this.#options;
    const { tried } = ref.operation.open;
    const now = this.#context.clock.now();
    if (tried.has(ref.key, now, retryMs(live.session, expiry))) return live;
    tried.add(ref.key, now);
    if (!ref.isAtomic) {
      const isIdle = (session: Session) => isStale(session, expiry, now);
      const slid = this.#changes.touch(ref, live, (session) => (isIdle(session) ? { ...session } : session));
      return this.#unlessLate(slid, live);
    }
    const slid = { ...slide(live.session, expiry, now), nonce: newNonce() };
    // If another request was faster, it has slid the session.
    const written = ref.write(live.version, slid).then((written) => written ?? live);
    return this.#unlessLate(written, live);
  }

  #unlessLate(
    write: Promise<StoredSession | null>,
    live: LiveSession,
    onFailure = () => {},
  ): Promise<StoredSession | null> {
    const settled = write.catch((error) => {
      if (isGone(error)) return null;
      onFailure();
      return live;
    });
    return unlessLate(settled, live);
  }
}
