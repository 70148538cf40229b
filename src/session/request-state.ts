import { sessionGone } from '../lib/session-refusals.js';
import type { LiveSession, StoredSession } from '../repository/session-ref.js';

/** What a request did to its session: nothing yet, wrote it (or tried to), or created it. */
export type Touched = 'no' | 'written' | 'created';

/** What a request knows of its session. */
export type RequestState =
  /** It has none. Its cookie is to be expired by `destroy`, unless the browser may have another request's by now. */
  | { readonly is: 'absent'; readonly ownsCookie: boolean }
  /** The store has not been asked for this ID, or is to be asked again. */
  | { readonly is: 'unread'; readonly id: string; readonly wasLive: boolean; readonly touched: Touched }
  /** The one read, under way or done, or what the last write left. */
  | {
      readonly is: 'read';
      readonly id: string;
      readonly wasLive: boolean;
      readonly touched: Touched;
      readonly copy: Promise<StoredSession | null>;
    }
  /** It ended, or moved to a new ID, under this request, which must not start another in its place. */
  | { readonly is: 'lost'; readonly how: 'ended' | 'moved'; readonly error: unknown };

/** The states in which there may be a session. */
export type Present = RequestState & { is: 'unread' | 'read' };

export function isPresent(state: RequestState): state is Present {
  return state.is === 'unread' || state.is === 'read';
}

export function absent(ownsCookie: boolean): RequestState {
  return { is: 'absent', ownsCookie };
}

export function holding(live: LiveSession, touched: Touched): RequestState {
  return { is: 'read', id: live.id, wasLive: true, touched, copy: Promise.resolve(live) };
}

export function lost(how: 'ended' | 'moved', error: unknown = sessionGone()): RequestState {
  return { is: 'lost', how, error };
}
