import { sessionGone } from '../lib/session-refusals.js';
import type { LiveSession, StoredSession } from '../repository/session-ref.js';

/** What a request did to its session: `written` if it tried to, whatever came of it. */
export type Touched = 'no' | 'written' | 'created';

/** What a request knows of its session. */
export type RequestState = {
  /** The other IDs that the cookies of the request prove: `destroy` ends their sessions too. */
  readonly others: readonly string[];
} & (
  | /** There is none. `destroy` expires the cookie if it is ours: the browser may have one of another request by now. */
  { readonly is: 'absent'; readonly ownsCookie: boolean }
  /** The store has not been asked for the ID, or will be asked again. If it has no live session, the others are next. */
  | {
      readonly is: 'unread';
      readonly id: string;
      readonly wasLive: boolean;
      readonly touched: Touched;
      /** Whether what was true a moment before the request began will do: until the store is asked again. */
      readonly near: boolean;
    }
  /** The one read, under way or done, or the result of the last write. */
  | {
      readonly is: 'read';
      readonly id: string;
      readonly wasLive: boolean;
      readonly touched: Touched;
      readonly copy: Promise<StoredSession | null>;
    }
  /** It ended or moved to a new ID under this request, which must not start another session in its place. */
  | { readonly is: 'lost'; readonly how: 'ended' | 'moved'; readonly error: unknown }
);

/** The states in which there may be a session. */
export type Present = RequestState & { is: 'unread' | 'read' };

export function isPresent(state: RequestState): state is Present {
  return state.is === 'unread' || state.is === 'read';
}

/** The state of a request whose cookies prove these IDs. */
export function initial(ids: readonly string[]): RequestState {
  const [id] = ids;
  const others = ids.slice(1);
  return id === undefined
    ? { is: 'absent', ownsCookie: true, others }
    : { is: 'unread', id, others, wasLive: false, touched: 'no', near: true };
}

export function absent({ others }: RequestState, ownsCookie: boolean): RequestState {
  return { is: 'absent', ownsCookie, others };
}

export function holding({ others }: RequestState, live: LiveSession, touched: Touched): RequestState {
  return { is: 'read', id: live.id, others, wasLive: true, touched, copy: Promise.resolve(live) };
}

export function lost(
  { others }: RequestState,
  how: 'ended' | 'moved',
  error: unknown = sessionGone(),
): RequestState {
  return { is: 'lost', how, error, others };
}

/** Returns the IDs to ask for if the first has no live session: none in place of a session that this request has seen. */
export function alternatives({ others, wasLive }: Present): readonly string[] {
  return wasLive ? [] : others;
}

/** The session is found under one of the IDs. */
export function found(state: Present, id: string): Present {
  return { ...state, id, others: [state.id, ...state.others].filter((other) => other !== id) };
}

/** The store is to be asked again. `sawLive` is whether this request has seen the session. */
export function unread({ id, others, wasLive, touched }: Present, sawLive: boolean): RequestState {
  return { is: 'unread', id, others, wasLive: wasLive || sawLive, touched, near: false };
}

/** The state after a sign-out whose outcome is unknown. If it took effect, the session did not end under the request. */
export function unseen({ id, others, touched }: Present): RequestState {
  return { is: 'unread', id, others, wasLive: false, touched, near: false };
}

/** The state after a write, whatever came of it. */
export function written(state: RequestState): RequestState {
  return isPresent(state) && state.touched === 'no' ? { ...state, touched: 'written' } : state;
}
