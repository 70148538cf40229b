import { digest } from '../../src/lib/digest.js';
import type { ResolvedOptions } from '../../src/options/options.js';
import { type RecordState, readRecord } from '../../src/record/read-record.js';
import type { Session } from '../../src/record/record.js';
import type { SeenWrite, SessionContent, SessionState } from '../seen/seen-session.js';
import { factsOf } from './session-facts.js';
import type { KnownWrite } from './write-history.js';

/** Returns what the table shows of a record. */
export function stateOf(state: RecordState, options: ResolvedOptions): SessionState {
  switch (state.is) {
    case 'live':
    case 'expired':
      return { is: state.is, ...factsOf(state.session, options) };
    case 'superseded':
      return { is: 'moved', until: state.session.expiresAt };
    case 'rejected':
      return { is: 'rejected', reason: state.reason };
    case 'none':
      return { is: 'gone' };
  }
}

/**
 * Returns a write as the page shows it.
 *
 * @param key what the store knows its session by.
 */
export function seenWrite(
  { at, request, record }: KnownWrite,
  key: string,
  options: ResolvedOptions,
): SeenWrite {
  const { names, expiry: policy, maxBytes, seal } = options;
  // The record was alive when it was written, whatever the clock says now.
  const now = Number.NEGATIVE_INFINITY;
  const context = { key, names, policy, now, keeper: 'record', maxBytes, seal } as const;
  const state = readRecord({ record: JSON.parse(record) }, context);
  return { at, request, data: state.is === 'live' ? state.session.data : null };
}

/** Returns the data of a session, with the version that an edit of it has to name. */
export function contentOf({ data, nonce }: Session): SessionContent {
  return { data, version: digest('sha256', JSON.stringify([nonce, data]), 'base64url') };
}
