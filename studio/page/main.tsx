/** @jsxImportSource preact */
import { render } from 'preact';
import type { StudioState } from '../seen/studio-state.js';
import { Connection, type ConnectionState, takeToken } from './connection.js';
import { faultsInForce } from './faults-in-force.js';
import { FaultsView } from './faults-view.js';
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

const STATES: Readonly<Record<ConnectionState, string>> = {
  connecting: 'Connecting …',
  open: 'Live',
  lost: 'The app does not answer. Trying again …',
  refused: 'Open the address that the app printed at its last start.',
};

const TITLES: Readonly<Record<View, string>> = {
  requests: 'Requests',
  sessions: 'Sessions',
  faults: 'Faults',
  latency: 'Latency',
};

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
  const [notice, notify] = useNotice();
  const { view } = shown;
  const inForce = state.value ? faultsInForce(state.value).join(', ') : '';
  useKeys(Object.fromEntries(VIEWS.map((name, at) => [String(at + 1), () => show({ view: name })])));
  const common = { connection, shown, show, notify };
  return (
    <>
      <header>
        <h1>Session Studio</h1>
        <Tabs
          tabs={VIEWS.map((name) => ({ name, title: TITLES[name], badge: name === 'faults' ? inForce : '' }))}
          current={view}
          onChoose={(name) => show({ view: name })}
        />
        <p role="status" class={`state ${feed.state}`}>
          {STATES[feed.state]}
        </p>
      </header>
      <main>
        {view === 'requests' && (
          <RequestsView shown={shown} show={show} feed={feed} warnings={state.value?.warnings ?? []} />
        )}
        {view === 'sessions' && <SessionsView {...common} state={state.value} />}
        {view === 'faults' && <FaultsView {...common} state={state} />}
        {view === 'latency' && <LatencyView connection={connection} />}
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
