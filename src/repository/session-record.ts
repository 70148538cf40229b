import type { Operation } from '../gateway/operation.js';
import type { ResolvedOptions } from '../options/options.js';
import { lifetimeMs } from '../record/expiry.js';
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
  { names, expiry: policy, maxBytes }: ResolvedOptions,
  { open, context }: Operation,
): RecordState {
  const keeper = open.store.expiry ?? 'record';
  return readRecord(found, { key, names, policy, now: context.clock.now(), keeper, maxBytes });
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
  return formatRecord(session, layout(key, lifetimeMs(session, options.expiry), options, store));
}

/** Returns the record of what is left of a session under its old ID. */
export function toSupersededRecord(
  session: Superseded,
  key: string,
  options: ResolvedOptions,
  store: HashingStore,
): SessionRecord {
  return formatSuperseded(session, layout(key, options.graceMs, options, store));
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
