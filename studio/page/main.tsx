/** @jsxImportSource preact */
import { render } from 'preact';
import { useState } from 'preact/hooks';
import { Connection, type ConnectionState, takeToken } from './connection.js';
import { RequestsView } from './requests-view.js';

const STATES: Readonly<Record<ConnectionState, string>> = {
  connecting: 'Connecting …',
  open: 'Live',
  lost: 'The app does not answer. Trying again …',
  refused: 'The app was restarted: open the address that it printed.',
};

function Studio({ connection }: { readonly connection: Connection }) {
  const [state, setState] = useState<ConnectionState>('connecting');
  return (
    <>
      <header>
        <h1>Session Studio</h1>
        <p role="status" class={`state ${state}`}>
          {STATES[state]}
        </p>
      </header>
      <main>
        <RequestsView connection={connection} onState={setState} />
      </main>
      <footer class="quiet">
        <kbd>/</kbd> filter <kbd>j</kbd> <kbd>k</kbd> move <kbd>p</kbd> pause
      </footer>
    </>
  );
}

const root = document.getElementById('studio');
if (root) render(<Studio connection={new Connection(takeToken())} />, root);
