import type { Operation } from '../gateway/operation.js';
import type { ResolvedOptions } from '../options/options.js';
import { type ExpiryKeeper, lifetimeMs } from '../record/expiry.js';
import { type FoundRecord, type RecordState, readRecord } from '../record/read-record.js';
import {
  formatRecord,
  formatSuperseded,
  type RecordLayout,
  type Session,
  type Superseded,
} from '../record/record.js';
import type { RecordCookie, SessionRecord, Store } from '../store-contract/store.js';

/** A record as it was read. */
export interface ReadRecord {
  readonly state: RecordState;
  /** What compare and swap compares; null on a store without it. */
  readonly version: string | null;
}

/** Decides what a record that the store returned is. */
export function fromRecord(
  found: FoundRecord,
  key: string,
  options: ResolvedOptions,
  { open, context }: Operation,
): RecordState {
  const { names, expiry: policy, maxBytes, seal } = options;
  const keeper = expiryKeeper(options, open.store);
  return readRecord(found, { key, names, policy, now: context.clock.now(), keeper, maxBytes, seal });
}

/**
 * Returns who ends a session that is not used. If its record is sealed, the date in it does: those who can write to a store can make
 * it keep what has expired.
 */
export function expiryKeeper(
  { seal }: Pick<ResolvedOptions, 'seal'>,
  { expiry = 'record' }: Pick<Store<object>, 'expiry'>,
): ExpiryKeeper {
  return seal ? 'record' : expiry;
}

/** Returns whether the store sees hashes of session IDs. Then nobody else can read its records. */
export function isHashed({ hashIds }: ResolvedOptions, store: Pick<Store<object>, 'hashIds'>): boolean {
  return hashIds ?? store.hashIds ?? false;
}

/** Returns the record of a session, as this write makes it. */
export function toRecord(
  session: Session,
  key: string,
  options: ResolvedOptions,
  store: HashingStore,
): SessionRecord {
  return sealed(toPlainRecord(session, key, options, store), key, options);
}

/** Returns the record of a session before it is sealed. */
export function toPlainRecord(
  session: Session,
  key: string,
  options: ResolvedOptions,
  store: HashingStore,
): SessionRecord {
  return formatRecord(session, layout(key, lifetimeMs(session, options.expiry), options, store));
}

/** Returns the record of what is left of a session under its old ID. */
export function toSupersededRecord(
  session: Superseded,
  key: string,
  options: ResolvedOptions,
): SessionRecord {
  return sealed(formatSuperseded(session, { key, name: options.name }), key, options);
}

function sealed(record: SessionRecord, key: string, { seal }: ResolvedOptions): SessionRecord {
  return seal ? seal.seal(record, key) : record;
}

type HashingStore = Pick<Store<object>, 'hashIds'>;

function layout(
  key: string,
  lifetimeMs: number,
  options: ResolvedOptions,
  store: HashingStore,
): RecordLayout {
  const { name, cookie } = options;
  return { key, name, lifetimeMs, shared: isHashed(options, store) ? null : sharedCookie(cookie) };
}

function sharedCookie({ httpOnly, path, secure, sameSite, domain }: ResolvedOptions['cookie']): RecordCookie {
  return { httpOnly, path, secure, ...(sameSite && { sameSite }), ...(domain && { domain }) };
}
