import type { RejectReason } from '../events/session-event.js';
import { type ExpiryKeeper, type ExpiryPolicy, isExpired } from './expiry.js';
import { parseRecord, type Session, type Superseded } from './record.js';

/** What a record is. */
export type RecordState =
  /** There is none. */
  | { readonly is: 'none' }
  | { readonly is: 'rejected'; readonly reason: RejectReason }
  | { readonly is: 'live'; readonly session: Session }
  /** Its time is over, though the store still holds it. */
  | { readonly is: 'expired'; readonly session: Session }
  /** A grace copy, whose session has moved to another ID. */
  | { readonly is: 'superseded'; readonly session: Superseded };

/** What decides over a record, beside the record itself. */
export interface RecordContext {
  /** What the store knows it by. */
  readonly key: string;
  /** The cookie name. */
  readonly name: string;
  readonly policy: ExpiryPolicy;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Who ends it if it is not used. */
  readonly keeper: ExpiryKeeper;
}

const NONE: RecordState = { is: 'none' };

/**
 * Decides whether a session is alive, for all who ask: a request, the index of a user, the tester, the Playwright backends.
 *
 * A grace copy ends by its own date on every store.
 */
export function readRecord(record: unknown, { key, name, policy, now, keeper }: RecordContext): RecordState {
  if (record === null || record === undefined) return NONE;
  const parsed = parseRecord(record, key);
  if (!parsed) return { is: 'rejected', reason: 'unreadable' };
  if (parsed.is === 'later') return { is: 'rejected', reason: 'later_format' };
  // A record without a name is of 1.x or express-session. The first write gives it one.
  if (parsed.name !== null && parsed.name !== name) return { is: 'rejected', reason: 'other_name' };
  if (parsed.is === 'superseded') return parsed.session.expiresAt <= now ? NONE : parsed;
  const { session } = parsed;
  if (isExpired(session, policy, now, keeper)) return { is: 'expired', session };
  return { is: 'live', session };
}
