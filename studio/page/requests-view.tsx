/** @jsxImportSource preact */
import { useRef } from 'preact/hooks';
import { MAX_REQUESTS } from '../seen/request-limit.js';
import type { SeenWarning } from '../seen/seen-request.js';
import { Detail } from './detail.js';
import { neighbourOf } from './neighbour.js';
import { RequestBar } from './request-bar.js';
import { RequestDetail } from './request-detail.js';
import { EVERYTHING, matches } from './request-filter.js';
import { RequestTable } from './request-table.js';
import type { Show, Shown } from './shown.js';
import { useKeys } from './use-keys.js';
import type { RequestFeed } from './use-requests.js';
import { WarningList } from './warning-list.js';

/** More rows than these are more than anybody reads. A filter finds those behind them. */
const MAX_ROWS = 200;

interface Props {
  readonly shown: Shown;
  readonly show: Show;
  readonly feed: RequestFeed;
  /** The library's warnings since the app started. Some come outside of requests. */
  readonly warnings: readonly SeenWarning[];
}

/** The requests of the app as they come, and one of them in full. */
export function RequestsView({ shown, show, feed, warnings }: Props) {
  const { filter, request: chosen } = shown;
  const { requests, isPaused } = feed;
  const search = useRef<HTMLInputElement | null>(null);
  const rows = requests
    .filter((request) => matches(request, filter))
    .slice(-MAX_ROWS)
    .toReversed();
  const ids = rows.map(({ id }) => id);
  const close = () => show({ request: null });
  useKeys({
    '/': () => search.current?.focus(),
    j: () => show({ request: neighbourOf(chosen, ids, 1) }),
    k: () => show({ request: neighbourOf(chosen, ids, -1) }),
    p: () => feed.pause(!isPaused),
    Escape: close,
  });
  const request = requests.find(({ id }) => id === chosen);
  return (
    <>
      <RequestBar
        feed={feed}
        filter={filter}
        search={search}
        onFilter={(next) => show({ filter: next })}
        onClear={() => {
          close();
          void feed.clear();
        }}
      />
      {warnings.length > 0 && (
        <details class="warnings">
          <summary>Warnings since the start: {warnings.length}</summary>
          <WarningList warnings={warnings} />
        </details>
      )}
      <div class="panes">
        {rows.length > 0 ? (
          <div class="list">
            <RequestTable requests={rows} chosen={chosen} onChoose={(id) => show({ request: id })} />
          </div>
        ) : (
          <div class="list empty">
            {requests.length > 0 ? (
              <>
                <p>No request matches.</p>
                <button type="button" onClick={() => show({ filter: EVERYTHING })}>
                  Show all requests
                </button>
              </>
            ) : (
              <p>No request yet. Open a page of the app: what it does with its session appears here.</p>
            )}
          </div>
        )}
        {request && (
          <RequestDetail
            request={request}
            onClose={close}
            onSession={(session) => show({ view: 'sessions', session })}
            onRequests={(session) => show({ filter: { ...EVERYTHING, session } })}
          />
        )}
        {chosen !== null && !request && feed.state === 'open' && (
          <Detail
            label="The chosen request"
            title={`Request ${chosen}`}
            problem={`It is not in the list: it came during the pause, or is not one of the last ${MAX_REQUESTS}.`}
            onClose={close}
          />
        )}
      </div>
    </>
  );
}
