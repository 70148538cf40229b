import { type ExpiryKeeper, type ExpiryPolicy, isExpired, lifetimeMs, slide } from './expiry.js';
import { asIndexed } from './indexed-key.js';
import { parseRecord, type Session, type SupersededSession } from './record.js';

/** What a record means to whoever found it. */
export type RecordState =
  /** There is none. */
  | { readonly is: 'none' }
  /** Something is stored that is no record. */
  | { readonly is: 'unreadable' }
  | { readonly is: 'live'; readonly session: Session }
  /** Its time is over, and the store still holds it. */
  | { readonly is: 'expired'; readonly session: Session }
  /** It moved to another ID, and for a moment its old ID shows what it was. */
  | { readonly is: 'superseded'; readonly session: SupersededSession };

/** What decides over a record, beside the record itself. */
export interface RecordContext {
  /** What the store knows it by. */
  readonly key: string;
  readonly policy: ExpiryPolicy;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Who ends it when it is not used. */
  readonly keeper: ExpiryKeeper;
  /** How long the store will keep it if it is not used, milliseconds, where the store said so. */
  readonly leftMs?: number | undefined;
}

const NONE: RecordState = { is: 'none' };
const UNREADABLE: RecordState = { is: 'unreadable' };

/**
 * Decides what a record is, for everybody who asks: the session of a request, the index of a user, the tester and the
 * backends of Playwright.
 *
 * What is left of a session that moved on always ends by its own date: whoever reads it, and whatever the store does with
 * the time to live of a record that is read, it is over when it said.
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

/** The session with the dates that the store keeps: it started the idle timeout again each time that it was read. */
function seenBy(session: Session, policy: ExpiryPolicy, now: number, leftMs: number): Session {
  const seenAt = Math.min(now, now + leftMs - lifetimeMs(session, policy));
  return slide(session, policy, Math.max(session.lastSeenAt ?? 0, seenAt));
}
