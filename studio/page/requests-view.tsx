/** @jsxImportSource preact */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { SeenRequest } from '../seen/seen-request.js';
import type { StudioState } from '../seen/studio-state.js';
import type { Connection, ConnectionState } from './connection.js';
import { RequestDetail } from './request-detail.js';
import { EVERYTHING, matches, outcomesOf } from './request-filter.js';
import { RequestTable } from './request-table.js';
import { useKeys } from './use-keys.js';
import { usePolled } from './use-polled.js';
import { WarningList } from './warning-list.js';

/** More rows than these are more than anybody reads. A filter finds those behind them. */
const MAX_ROWS = 200;

interface Props {
  readonly connection: Connection;
  readonly isShown: boolean;
  readonly onState: (state: ConnectionState) => void;
}

/** The requests of the app as they come, and one of them in full. */
export function RequestsView({ connection, isShown, onState }: Props) {
  const [isPaused, setPaused] = useState(false);
  const [filter, setFilter] = useState(EVERYTHING);
  const [chosen, setChosen] = useState<number | null>(null);
  const requests = useRequests(connection, onState, isPaused);
  const search = useRef<HTMLInputElement>(null);
  const shown = requests
    .filter((request) => matches(request, filter))
    .slice(-MAX_ROWS)
    .toReversed();
  const at = shown.findIndex(({ id }) => id === chosen);
  const move = (by: number) => {
    const next = shown[Math.min(Math.max(at + by, 0), shown.length - 1)];
    if (next) setChosen(next.id);
  };
  const keys = {
    '/': () => search.current?.focus(),
    j: () => move(1),
    k: () => move(-1),
    p: () => setPaused(!isPaused),
  };
  useKeys(isShown ? keys : {});
  const request = requests.find(({ id }) => id === chosen);
  return (
    <>
      <form class="bar" onSubmit={(event) => event.preventDefault()}>
        <label class="wide">
          <span class="hidden">Filter by path, status or session</span>
          <input
            ref={search}
            type="search"
            placeholder="Filter: path, status or session ( / )"
            value={filter.text}
            onInput={({ currentTarget }) => setFilter({ ...filter, text: currentTarget.value })}
          />
        </label>
        <label>
          <span class="hidden">Filter by outcome</span>
          <select
            value={filter.outcome}
            onChange={({ currentTarget }) => setFilter({ ...filter, outcome: currentTarget.value })}
          >
            <option value="any">All requests</option>
            <option value="session">With a session</option>
            <option value="trouble">With a failure</option>
            <optgroup label="With the outcome">
              {outcomesOf(requests).map((outcome) => (
                <option key={outcome} value={outcome}>
                  {outcome.replace('_', ' ')}
                </option>
              ))}
            </optgroup>
          </select>
        </label>
        <button type="button" aria-pressed={isPaused} onClick={() => setPaused(!isPaused)}>
          {isPaused ? 'Go on' : 'Pause'}
        </button>
      </form>
      {isShown && <AllWarnings connection={connection} />}
      <div class="panes">
        {shown.length > 0 ? (
          <div class="list">
            <RequestTable requests={shown} chosen={chosen} onChoose={setChosen} />
          </div>
        ) : (
          <p class="quiet list">{requests.length > 0 ? 'No request matches.' : 'Open a page of the app.'}</p>
        )}
        {request && (
          <RequestDetail
            request={request}
            onSession={(handle) => setFilter({ ...EVERYTHING, text: handle })}
          />
        )}
      </div>
    </>
  );
}

/** The library's warnings since the app started. Some come outside of requests. */
function AllWarnings({ connection }: { readonly connection: Connection }) {
  const { value } = usePolled<StudioState>(connection, 'state', '{}');
  const warnings = value?.warnings ?? [];
  if (warnings.length === 0) return null;
  return (
    <details class="warnings">
      <summary>Warnings since the start: {warnings.length}</summary>
      <WarningList warnings={warnings} />
    </details>
  );
}

/** Returns the requests, the oldest first. While it is paused, they stay as they are. */
function useRequests(
  connection: Connection,
  onState: (state: ConnectionState) => void,
  isPaused: boolean,
): readonly SeenRequest[] {
  const known = useRef(new Map<number, SeenRequest>());
  const paused = useRef(isPaused);
  paused.current = isPaused;
  const [shown, setShown] = useState<readonly SeenRequest[]>([]);
  useEffect(() => {
    const abort = new AbortController();
    const receive = (requests: readonly SeenRequest[], isFirst: boolean) => {
      // The app may have been restarted, and counts from one again.
      if (isFirst) known.current.clear();
      for (const request of requests) known.current.set(request.id, request);
      for (const id of known.current.keys()) {
        if (known.current.size <= 1000) break;
        known.current.delete(id);
      }
      if (!paused.current) setShown([...known.current.values()]);
    };
    void connection.follow(receive, onState, abort.signal);
    return () => abort.abort();
  }, [connection, onState]);
  useEffect(() => {
    if (!isPaused) setShown([...known.current.values()]);
  }, [isPaused]);
  return shown;
}
