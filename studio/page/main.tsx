/** @jsxImportSource preact */
import { render } from 'preact';
import { useEffect } from 'preact/hooks';
import type { StudioState } from '../seen/studio-state.js';
import { Connection, REFUSAL, takeToken } from './connection.js';
import { faultsInForce } from './faults-in-force.js';
import { FaultsView } from './faults-view.js';
import { FeedState } from './feed-state.js';
import { LatencyView } from './latency-view.js';
import { NoticeBar, useNotice } from './notice.js';
import { RequestsView } from './requests-view.js';
import { SessionsView } from './sessions-view.js';
import { VIEWS, type View } from './shown.js';
import { Tabs } from './tabs.js';
import { useKeys } from './use-keys.js';
import { usePolled } from './use-polled.js';
import { useRequests } from './use-requests.js';
import { useShown } from './use-shown.js';

const TITLES: Readonly<Record<View, string>> = {
  requests: 'Requests',
  sessions: 'Sessions',
  faults: 'Faults',
  latency: 'Latency',
};

const NAME = 'Session Studio';

const KEYS = [
  ['/', 'filter'],
  ['j', 'down'],
  ['k', 'up'],
  ['Esc', 'close'],
  ['p', 'pause'],
  ['1 – 4', 'views'],
] as const;

/** @param token of the process that the page is of. */
function Studio({ token, connection }: { readonly token: string; readonly connection: Connection }) {
  const [shown, show] = useShown(token);
  const feed = useRequests(connection);
  const state = usePolled<StudioState>(connection, 'state', '{}');
  const { view } = shown;
  const [notice, notify] = useNotice(view);
  const opened = feed.state === 'refused' ? null : view;
  const app = state.value?.app ?? null;
  const inForce = state.value ? faultsInForce(state.value).join(', ') : '';
  useEffect(() => {
    document.title = [NAME, app].filter(Boolean).join(' · ');
  }, [app]);
  useKeys(Object.fromEntries(VIEWS.map((name, at) => [String(at + 1), () => show({ view: name })])));
  const common = { connection, shown, show, notify };
  return (
    <>
      <header>
        <h1>
          {NAME}
          {app !== null && <span class="quiet"> · {app}</span>}
        </h1>
        <Tabs
          tabs={VIEWS.map((name) => ({ name, title: TITLES[name], badge: name === 'faults' ? inForce : '' }))}
          current={view}
          onChoose={(name) => show({ view: name })}
        />
        <FeedState feed={feed} />
      </header>
      <main>
        {opened === null && (
          <p role="alert" class="empty">
            {REFUSAL}
          </p>
        )}
        {opened === 'requests' && (
          <RequestsView shown={shown} show={show} feed={feed} warnings={state.value?.warnings ?? []} />
        )}
        {opened === 'sessions' && <SessionsView {...common} requests={feed.requests} state={state.value} />}
        {opened === 'faults' && <FaultsView {...common} state={state} />}
        {opened === 'latency' && <LatencyView connection={connection} />}
      </main>
      <NoticeBar notice={notice} />
      <footer>
        {KEYS.map(([key, effect]) => (
          <span key={key}>
            <kbd>{key}</kbd> {effect}
          </span>
        ))}
      </footer>
    </>
  );
}

// The address of another start differs in its fragment alone, so that the browser does not load the page again.
addEventListener('hashchange', () => location.reload());
const token = takeToken();
const root = document.getElementById('studio');
if (root) render(<Studio token={token} connection={new Connection(token)} />, root);
