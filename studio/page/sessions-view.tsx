/** @jsxImportSource preact */
import { useRef, useState } from 'preact/hooks';
import type { SeenSession } from '../seen/seen-session.js';
import type { Connection } from './connection.js';
import { FACTS, factsOf } from './session-facts.js';
import { SessionPanel } from './session-panel.js';
import { useKeys } from './use-keys.js';
import { usePolled } from './use-polled.js';

/** The others are in the panel of a session. */
const ON_PHONES: ReadonlySet<string> = new Set(['User', 'Size']);

/** The sessions that the app's process has seen, and those of a user. */
export function SessionsView({ connection }: { readonly connection: Connection }) {
  const [user, setUser] = useState('');
  const [chosen, setChosen] = useState<string | null>(null);
  const [isHidden, setHidden] = useState(false);
  const { value, error, ask } = usePolled<readonly SeenSession[]>(
    connection,
    'sessions',
    JSON.stringify(user === '' ? {} : { user }),
  );
  const search = useRef<HTMLInputElement>(null);
  const move = (by: number) => setChosen((handle) => neighbour(value ?? [], handle, by));
  useKeys({ '/': () => search.current?.focus(), j: () => move(1), k: () => move(-1) });
  return (
    <>
      <form class="bar" onSubmit={(event) => event.preventDefault()}>
        <label class="wide">
          <span class="hidden">The ID of a user</span>
          <input
            ref={search}
            type="search"
            placeholder="The ID of a user; empty for the sessions that this process has seen"
            value={user}
            onInput={({ currentTarget }) => setUser(currentTarget.value)}
          />
        </label>
        <button type="button" aria-pressed={isHidden} onClick={() => setHidden(!isHidden)}>
          {isHidden ? 'Show values' : 'Hide values'}
        </button>
      </form>
      <div class="panes">
        <div class="list">
          {error !== null && <p class="warning">{error}</p>}
          {value?.length === 0 && (
            <p class="quiet view">{user === '' ? 'No session yet.' : 'This user has none.'}</p>
          )}
          {value && value.length > 0 && (
            <SessionTable sessions={value} chosen={chosen} isHidden={isHidden} onChoose={setChosen} />
          )}
        </div>
        {chosen !== null && (
          <SessionPanel
            key={chosen}
            connection={connection}
            handle={chosen}
            isHidden={isHidden}
            onChange={ask}
            onMove={setChosen}
          />
        )}
      </div>
    </>
  );
}

/** Returns the handle of the session so many rows below the chosen one. */
function neighbour(sessions: readonly SeenSession[], chosen: string | null, by: number): string | null {
  const at = sessions.findIndex(({ handle }) => handle === chosen);
  return sessions[Math.min(Math.max(at + by, 0), sessions.length - 1)]?.handle ?? chosen;
}

interface TableProps {
  readonly sessions: readonly SeenSession[];
  readonly chosen: string | null;
  readonly isHidden: boolean;
  readonly onChoose: (handle: string) => void;
}

function SessionTable({ sessions, chosen, isHidden, onChoose }: TableProps) {
  return (
    <table class="requests">
      <caption class="hidden">Sessions, those used last first</caption>
      <thead>
        <tr>
          <th scope="col">Session</th>
          {FACTS.map((title) => (
            <th scope="col" key={title} class={ON_PHONES.has(title) ? '' : 'wide-only'}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {sessions.map(({ handle, name, state }) => (
          <tr key={handle} class={handle === chosen ? 'chosen' : ''} aria-current={handle === chosen}>
            <td class="path">
              <button type="button" onClick={() => onChoose(handle)}>
                <b>{name}</b> {handle}
              </button>
              {state.is !== 'live' && <span class="quiet"> {state.is}</span>}
            </td>
            {factsOf(state, isHidden).map(({ title, text }) => (
              <td key={title} class={ON_PHONES.has(title) ? '' : 'wide-only'}>
                {text}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
