import { sessionGone } from '../lib/session-refusals.js';
import type { LiveSession, StoredSession } from '../repository/session-ref.js';

/** What a request did to its session: `written` if it tried to, whatever came of it. */
export type Touched = 'no' | 'written' | 'created';

/** What a request knows of its session. */
export type RequestState =
  /** There is none. `destroy` expires the cookie if it is ours: the browser may have one of another request by now. */
  | { readonly is: 'absent'; readonly ownsCookie: boolean }
  /** The store has not been asked for this ID, or will be asked again. */
  | { readonly is: 'unread'; readonly id: string; readonly wasLive: boolean; readonly touched: Touched }
  /** The one read, under way or done, or the result of the last write. */
  | {
      readonly is: 'read';
      readonly id: string;
      readonly wasLive: boolean;
      readonly touched: Touched;
      readonly copy: Promise<StoredSession | null>;
    }
  /** It ended or moved to a new ID under this request, which must not start another session in its place. */
  | { readonly is: 'lost'; readonly how: 'ended' | 'moved'; readonly error: unknown };

/** The states in which there may be a session. */
export type Present = RequestState & { is: 'unread' | 'read' };

export function isPresent(state: RequestState): state is Present {
  return state.is === 'unread' || state.is === 'read';
}

/** The state of a request whose cookie proves this ID, or none. */
export function initial(id: string | null): RequestState {
  return id === null ? absent(true) : { is: 'unread', id, wasLive: false, touched: 'no' };
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

/** The store is to be asked again. `sawLive` is whether this request has seen the session. */
export function unread({ id, wasLive, touched }: Present, sawLive: boolean): RequestState {
  return { is: 'unread', id, wasLive: wasLive || sawLive, touched };
}

/** The state after a write, whatever came of it. */
export function written(state: RequestState): RequestState {
  return isPresent(state) && state.touched === 'no' ? { ...state, touched: 'written' } : state;
}
