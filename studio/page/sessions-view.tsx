/** @jsxImportSource preact */
import { useState } from 'preact/hooks';
import type { SeenSession } from '../seen/seen-session.js';
import type { Connection } from './connection.js';
import { bytes, clockTime } from './format.js';
import { SessionPanel } from './session-panel.js';
import { usePolled } from './use-polled.js';

/** The sessions that the app's process has seen, and those of a user. */
export function SessionsView({ connection }: { readonly connection: Connection }) {
  const [user, setUser] = useState('');
  const [chosen, setChosen] = useState<string | null>(null);
  const { value, error, ask } = usePolled<readonly SeenSession[]>(
    connection,
    'sessions',
    JSON.stringify(user === '' ? {} : { user }),
  );
  return (
    <>
      <form class="bar" onSubmit={(event) => event.preventDefault()}>
        <label class="wide">
          <span class="hidden">The ID of a user</span>
          <input
            type="search"
            placeholder="The ID of a user; empty for the sessions that this process has seen"
            value={user}
            onInput={({ currentTarget }) => setUser(currentTarget.value)}
          />
        </label>
      </form>
      <div class="panes">
        <div class="list">
          {error !== null && <p class="warning">{error}</p>}
          {value?.length === 0 && (
            <p class="quiet view">{user === '' ? 'No session yet.' : 'This user has none.'}</p>
          )}
          {value && value.length > 0 && (
            <SessionTable sessions={value} chosen={chosen} onChoose={setChosen} />
          )}
        </div>
        {chosen !== null && (
          <SessionPanel key={chosen} connection={connection} handle={chosen} onChange={ask} />
        )}
      </div>
    </>
  );
}

interface TableProps {
  readonly sessions: readonly SeenSession[];
  readonly chosen: string | null;
  readonly onChoose: (handle: string) => void;
}

function SessionTable({ sessions, chosen, onChoose }: TableProps) {
  return (
    <table class="requests">
      <caption class="hidden">Sessions, those used last first</caption>
      <thead>
        <tr>
          {['Created', 'Session', 'User', 'Shown', 'Last seen', 'Ends', 'Size'].map((title) => (
            <th scope="col" key={title}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {sessions.map((session) => (
          <tr
            key={session.handle}
            class={session.handle === chosen ? 'chosen' : ''}
            aria-current={session.handle === chosen}
          >
            <Cells session={session} onChoose={onChoose} />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Cells({ session, onChoose }: { readonly session: SeenSession } & Pick<TableProps, 'onChoose'>) {
  const { handle, name, state } = session;
  const isKnown = state.is === 'live' || state.is === 'expired';
  return (
    <>
      <td class="number">{isKnown && time(state.createdAt)}</td>
      <td class="path">
        <button type="button" onClick={() => onChoose(handle)}>
          <b>{name}</b> {handle}
        </button>
        {state.is !== 'live' && <span class="quiet"> {state.is}</span>}
      </td>
      <td>{isKnown && state.users.join(', ')}</td>
      <td>
        {isKnown && Object.keys(state.listed).length > 0 && <code>{JSON.stringify(state.listed)}</code>}
      </td>
      <td class="number">{isKnown && time(state.lastSeenAt)}</td>
      <td class="number">
        {isKnown && state.expiresAt !== null && new Date(state.expiresAt).toLocaleString()}
      </td>
      <td class="number">{isKnown && bytes(state.size)}</td>
    </>
  );
}

function time(at: number | null): string {
  return at === null ? '' : clockTime(at);
}
