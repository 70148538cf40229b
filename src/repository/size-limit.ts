import { tooLarge } from '../lib/session-refusals.js';
import type { ResolvedOptions } from '../options/options.js';
import type { Session } from '../record/record.js';
import { isLarger, jsonBytes } from '../record/record-size.js';
import type { RecordRef } from './record-ref.js';
import { toPlainRecord } from './session-record.js';
import type { LiveSession, MaybeId } from './session-ref.js';

/** More bytes than a record has beside its data. */
const META_BYTES = 8192;

/**
 * Refuses data that makes a record too large. A record that is too large already may be written with less data, or with the
 * same, so that its visitor can still make it smaller, regenerate and sign out.
 *
 * @param was the session that is written over, or that moves to a new ID.
 * @throws ERR_SESSION_DATA, before anything is written.
 */
export function refuseTooLarge(
  { key, store }: RecordRef,
  session: Session,
  was: LiveSession<MaybeId> | undefined,
  options: ResolvedOptions,
): void {
  const { maxBytes } = options;
  const data = was?.session.data;
  if (maxBytes === null || session.data === data || !isLarger(session.data, maxBytes - META_BYTES)) return;
  const bytes = jsonBytes(toPlainRecord(session, key, options, store));
  if (bytes <= maxBytes || (data && jsonBytes(session.data) <= jsonBytes(data))) return;
  throw tooLarge(bytes, maxBytes);
}
