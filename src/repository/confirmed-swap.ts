import type { Operation } from '../gateway/operation.js';
import { leftNoTrace, UnknownOutcome, unconfirmed } from '../gateway/store-failures.js';
import { untilSent } from '../gateway/until-sent.js';
import { recordedIn } from '../record/read-record.js';
import type { ReadRecord } from './session-record.js';

/** A compare and swap of one record, as `confirmedSwap` tries it. */
export interface SwapAttempt {
  /** Sends the swap. Returns the new version, or null if the store has another one than expected. */
  send(): Promise<string | null>;
  /** Reads the record. */
  read(): Promise<ReadRecord>;
  /** The version that the swap expects, or null for none. */
  readonly expected: string | null;
  /** What the swap leaves in the store. */
  readonly effect: SwapEffect;
  /** Whether the caller reads the record itself where the store rejects the swap. */
  readonly isReadAgain: boolean | undefined;
  readonly operation: Operation;
}

/** What a swap leaves in the store, if it takes effect. */
export type SwapEffect =
  /** A session, which others may have overwritten since. */
  | { readonly is: 'session'; readonly nonce: string | null }
  /** A grace copy, which nobody overwrites. It is gone after `until`, epoch milliseconds. */
  | { readonly is: 'grace-copy'; readonly nonce: string | null; readonly until: number }
  /** Nothing, where nobody writes again. */
  | { readonly is: 'nothing' };

/** How often a swap is sent whose answer was lost. */
const MAX_SENDS = 3;

/**
 * Compares and swaps, and finds out what happened if the answer was lost. A swap has the nonce of its write, so the record shows
 * whether it took effect:
 *
 * - The store says that it has another version. If the record is this very write's, then the driver sent it twice, and the
 *   first one took effect.
 * - The call failed, and the record is this write's: it took effect.
 * - The call failed, and the expected version is still there: the swap is sent again. At most one of both takes effect.
 * - The call failed, and another version is there, or the session has ended or moved to a new ID: this write may have come
 *   before that, and others may have seen it or taken it along. Nobody can tell.
 * - Nothing is there, and a grace copy would have run out by now: it may have been there. Nobody can tell.
 *
 * @returns the version that was written, or null if the store has another one and this write changed nothing.
 * @throws UnknownOutcome if the write may have taken effect.
 */
export async function confirmedSwap(attempt: SwapAttempt): Promise<string | null> {
  const { send, read, expected, effect, isReadAgain, operation } = attempt;
  const { context, deadline } = operation;
  let failure: UnknownOutcome | undefined;
  for (let sends = 0; sends < MAX_SENDS; sends++) {
    try {
      const version = await send();
      if (version !== null) return version;
      // A deletion leaves no trace of its own. Somebody else may have ended the session.
      if (!failure && (isReadAgain || effect.is === 'nothing')) return null;
    } catch (error) {
      if (!failure && !(error instanceof UnknownOutcome)) throw error;
      failure ??= error as UnknownOutcome;
    }
    if (failure && deadline.passed) throw failure;
    const found = await untilSent(read, operation).catch((error) => {
      throw failure ?? unconfirmed(error);
    });
    if (isEffect(found, effect)) return found.version ?? '';
    if (effect.is === 'grace-copy' && hasEnded(found) && effect.until <= context.clock.now())
      throw failure ?? leftNoTrace();
    if (!failure) return null;
    if (found.version !== expected) {
      if (effect.is === 'session') throw failure;
      return null;
    }
  }
  throw failure;
}

function isEffect({ state, version }: ReadRecord, effect: SwapEffect): boolean {
  if (effect.is === 'nothing') return version === null;
  return effect.nonce !== null && recordedIn(state)?.nonce === effect.nonce;
}

function hasEnded({ state }: ReadRecord): boolean {
  return state.is === 'none' || state.is === 'expired';
}
