import { type ExpiryKeeper, type ExpiryPolicy, isExpired, lifetimeMs, slide } from './expiry.js';
import { asIndexed } from './indexed-key.js';
import { parseRecord, type Session, type Superseded } from './record.js';

/** What a record is. */
export type RecordState =
  /** There is none. */
  | { readonly is: 'none' }
  /** Something else than a record is stored. */
  | { readonly is: 'unreadable' }
  | { readonly is: 'live'; readonly session: Session }
  /** Its time is over, though the store still holds it. */
  | { readonly is: 'expired'; readonly session: Session }
  /** A grace copy, whose session has moved to another ID. */
  | { readonly is: 'superseded'; readonly session: Superseded };

/** What decides over a record, beside the record itself. */
export interface RecordContext {
  /** What the store knows it by. */
  readonly key: string;
  readonly policy: ExpiryPolicy;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Who ends it if it is not used. */
  readonly keeper: ExpiryKeeper;
  /** How long the store will keep it unused, in milliseconds, if the store said so. */
  readonly leftMs?: number | undefined;
}

const NONE: RecordState = { is: 'none' };
const UNREADABLE: RecordState = { is: 'unreadable' };

/**
 * Decides whether a session is alive, for all who ask: a request, the index of a user, the tester, the Playwright backends.
 *
 * A grace copy ends by its own date on every store. A store that keeps the time would let each read make it live longer.
 */
export function readRecord(
  record: unknown,
  { key, policy, now, keeper, leftMs }: RecordContext,
): RecordState {
  if (record === null || record === undefined) return NONE;
  const parsed = parseRecord(record);
  if (!parsed) return UNREADABLE;
  if (parsed.is === 'superseded') return parsed.session.expiresAt <= now ? NONE : parsed;
  const session = asIndexed(parsed.session, key);
  if (isExpired(session, policy, now, keeper)) return { is: 'expired', session };
  return { is: 'live', session: leftMs === undefined ? session : seenBy(session, policy, now, leftMs) };
}

/** The session with the dates that the store keeps. Reads moved them, and not those in the record. */
function seenBy(session: Session, policy: ExpiryPolicy, now: number, leftMs: number): Session {
  const seenAt = Math.min(now, now + leftMs - lifetimeMs(session, policy));
  return slide(session, policy, Math.max(session.lastSeenAt ?? 0, seenAt));
}
