import type { RejectReason } from '../events/session-event.js';
import { CLOCK_SKEW_MS, type ExpiryKeeper, type ExpiryPolicy, isExpired } from './expiry.js';
import { parseRecord, type Session, type Superseded } from './record.js';
import { openPlain, type RecordSeal, sealedText } from './record-seal.js';
import { isLarger, largestRead, toldSize } from './record-size.js';

/** What a record is. */
export type RecordState =
  /** There is none. `moved` is what is left of a session that has moved on: nothing to show, but where it is. */
  | { readonly is: 'none'; readonly moved?: Superseded }
  | { readonly is: 'rejected'; readonly reason: RejectReason }
  /** `isOutdated` says that a read should write it again: it is sealed with a key that is being rotated out. */
  | { readonly is: 'live'; readonly session: Session; readonly isOutdated: boolean }
  /** Its time is over, though the store still holds it. */
  | { readonly is: 'expired'; readonly session: Session }
  /** A grace copy, whose session has moved to another ID. */
  | { readonly is: 'superseded'; readonly session: Superseded };

/** What a store returned for a key. It can be anything until it is checked. */
export interface FoundRecord {
  readonly record: unknown;
  /** Whether there is a record that the store could not read, or did not, because it is too large. */
  readonly unreadable?: boolean | undefined;
  /** The size of the stored value in bytes, if the store said so. */
  readonly size?: number | undefined;
}

/** What decides over a record, beside the record itself. */
export interface RecordContext {
  /** What the store knows it by. */
  readonly key: string;
  /** The cookie names. A record that was made under any of them counts. */
  readonly names: readonly string[];
  readonly policy: ExpiryPolicy;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Who ends it if it is not used. */
  readonly keeper: ExpiryKeeper;
  /** How large a record may be when it is written, in bytes; null for no limit. */
  readonly maxBytes: number | null;
  /** What opens it; null if records are not sealed. */
  readonly seal: RecordSeal | null;
}

const NONE: RecordState = { is: 'none' };
const UNREADABLE: RecordState = { is: 'rejected', reason: 'unreadable' };
const TOO_LARGE: RecordState = { is: 'rejected', reason: 'too_large' };

/**
 * Decides whether a session is alive, for all who ask: a request, the index of a user, the tester, the Playwright backends.
 *
 * A grace copy ends by its own date on every store.
 */
export function readRecord(
  { record, unreadable, size: told }: FoundRecord,
  { key, names, policy, now, keeper, maxBytes, seal }: RecordContext,
): RecordState {
  const limit = largestRead(maxBytes);
  const size = toldSize(told);
  if ((size ?? 0) > (limit ?? Number.POSITIVE_INFINITY)) return TOO_LARGE;
  if (unreadable) return UNREADABLE;
  if (record === null || record === undefined) return NONE;
  // A store that does not know the size has read the record whole.
  const isTooLarge = (value: unknown) => limit !== undefined && size === undefined && isLarger(value, limit);
  if (isTooLarge(sealedText(record))) return TOO_LARGE;
  const opened = seal ? seal.open(record, key) : openPlain(record);
  if (opened.is === 'rejected') return opened;
  const parsed = parseRecord(opened.record, key);
  if (!parsed) return UNREADABLE;
  // Not before it is parsed, which finds out whether it nests too deep to be measured.
  if (isTooLarge(opened.record)) return TOO_LARGE;
  if (parsed.is === 'later') return { is: 'rejected', reason: 'later_format' };
  // A record without a name is of 1.x or express-session. The first write gives it one.
  if (parsed.name !== null && !names.includes(parsed.name)) return { is: 'rejected', reason: 'other_name' };
  if (parsed.is === 'superseded') return supersededState(parsed.session, now);
  const { session } = parsed;
  if (isExpired(session, policy, now, keeper)) return { is: 'expired', session };
  return { is: 'live', session, isOutdated: opened.isOutdated };
}

function supersededState(session: Superseded, now: number): RecordState {
  const { expiresAt, successor } = session;
  if (expiresAt > now) return { is: 'superseded', session };
  return successor && successor.until + CLOCK_SKEW_MS > now ? { is: 'none', moved: session } : NONE;
}

/** Returns what a record holds of a session, alive or not. */
export function recordedIn(state: RecordState): Session | Superseded | undefined {
  if (state.is === 'none') return state.moved;
  return 'session' in state ? state.session : undefined;
}
