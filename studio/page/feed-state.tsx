/** @jsxImportSource preact */
import type { ConnectionState } from './connection.js';
import type { RequestFeed } from './use-requests.js';

const WORDS: Readonly<Record<ConnectionState, string>> = {
  connecting: 'Connecting …',
  open: 'Live',
  lost: 'The app does not answer. Trying again …',
  refused: 'No access',
};

/** Whether the page shows what happens now. */
export function FeedState({ feed: { state, isPaused, waiting } }: { readonly feed: RequestFeed }) {
  const isHeld = state === 'open' && isPaused;
  return (
    <p role="status" class={`state ${isHeld ? 'paused' : state}`}>
      {isHeld ? `Paused · ${waiting} waiting` : WORDS[state]}
    </p>
  );
}
