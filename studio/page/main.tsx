/** @jsxImportSource preact */
import { render } from 'preact';
import { useState } from 'preact/hooks';
import { Connection, type ConnectionState, takeToken } from './connection.js';
import { FaultsView } from './faults-view.js';
import { LatencyView } from './latency-view.js';
import { RequestsView } from './requests-view.js';
import { SessionsView } from './sessions-view.js';
import { Tabs } from './tabs.js';

const STATES: Readonly<Record<ConnectionState, string>> = {
  connecting: 'Connecting …',
  open: 'Live',
  lost: 'The app does not answer. Trying again …',
  refused: 'The app was restarted: open the address that it printed.',
};

const TABS = [
  { name: 'requests', title: 'Requests' },
  { name: 'sessions', title: 'Sessions' },
  { name: 'faults', title: 'Faults' },
  { name: 'latency', title: 'Latency' },
] as const;

type TabName = (typeof TABS)[number]['name'];

function Studio({ connection }: { readonly connection: Connection }) {
  const [state, setState] = useState<ConnectionState>('connecting');
  const [tab, setTab] = useState<TabName>('requests');
  return (
    <>
      <header>
        <h1>Session Studio</h1>
        <Tabs tabs={TABS} current={tab} onChoose={setTab} />
        <p role="status" class={`state ${state}`}>
          {STATES[state]}
        </p>
      </header>
      <main>
        {/* It stays, and goes on to collect. */}
        <div class="tab" hidden={tab !== 'requests'}>
          <RequestsView connection={connection} isShown={tab === 'requests'} onState={setState} />
        </div>
        {tab === 'sessions' && <SessionsView connection={connection} />}
        {tab === 'faults' && <FaultsView connection={connection} />}
        {tab === 'latency' && <LatencyView connection={connection} />}
      </main>
      <footer class="quiet">
        <kbd>/</kbd> filter <kbd>j</kbd> <kbd>k</kbd> move <kbd>p</kbd> pause
      </footer>
    </>
  );
}

const root = document.getElementById('studio');
if (root) render(<Studio connection={new Connection(takeToken())} />, root);
