import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { MAX_REQUESTS } from '../seen/request-limit.js';
import type { SeenRequest } from '../seen/seen-request.js';
import type { Connection, ConnectionState } from './connection.js';

/** The requests as they come. */
export interface RequestFeed {
  /** The oldest first. */
  readonly requests: readonly SeenRequest[];
  readonly state: ConnectionState;
  /** While it is paused, the requests stay as they are. */
  readonly isPaused: boolean;
  /** How many requests have come since it was paused. */
  readonly waiting: number;
  readonly pause: (isPaused: boolean) => void;
  /** Forgets the requests, here and in the server. */
  readonly clear: () => Promise<void>;
}

export function useRequests(connection: Connection): RequestFeed {
  const known = useRef(new Map<number, SeenRequest>());
  const [all, setAll] = useState<readonly SeenRequest[]>([]);
  /** Those that stay in view while it is paused. */
  const [held, setHeld] = useState<readonly SeenRequest[] | null>(null);
  const [state, setState] = useState<ConnectionState>('connecting');
  const show = useCallback(() => setAll([...known.current.values()]), []);
  useEffect(() => {
    let abort = new AbortController();
    const receive = (changed: readonly SeenRequest[], isFirst: boolean) => {
      // The app may have been restarted, and counts from one again.
      if (isFirst) known.current.clear();
      for (const request of changed) known.current.set(request.id, request);
      for (const id of known.current.keys()) {
        if (known.current.size <= MAX_REQUESTS) break;
        known.current.delete(id);
      }
      show();
    };
    const follow = () => {
      abort.abort();
      // Browsers open six connections to a server. A tab that nobody looks at leaves its one to the others.
      if (document.hidden) return;
      abort = new AbortController();
      void connection.follow(receive, setState, abort.signal);
    };
    follow();
    document.addEventListener('visibilitychange', follow);
    return () => {
      document.removeEventListener('visibilitychange', follow);
      abort.abort();
    };
  }, [connection, show]);
  const clear = async () => {
    try {
      await connection.call('requests/clear');
      known.current.clear();
      setHeld((before) => before && []);
      show();
    } catch {
      // They stay: the state of the connection says why.
    }
  };
  const last = held?.at(-1)?.id ?? 0;
  return {
    requests: held ?? all,
    state,
    isPaused: held !== null,
    waiting: held ? all.filter(({ id }) => id > last).length : 0,
    pause: (isPaused) => setHeld(isPaused ? all : null),
    clear,
  };
}
