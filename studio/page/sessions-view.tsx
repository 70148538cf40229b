/** @jsxImportSource preact */
import { useRef } from 'preact/hooks';
import type { SeenRequest } from '../seen/seen-request.js';
import type { SeenSession } from '../seen/seen-session.js';
import type { StudioState } from '../seen/studio-state.js';
import type { Connection } from './connection.js';
import { neighbourOf } from './neighbour.js';
import type { Notify } from './notice.js';
import { SessionPanel } from './session-panel.js';
import { SessionTable } from './session-table.js';
import type { Show, Shown } from './shown.js';
import { useKeys } from './use-keys.js';
import { usePolled } from './use-polled.js';

interface Props {
  readonly connection: Connection;
  readonly shown: Shown;
  readonly show: Show;
  readonly notify: Notify;
  /** Those that writes are traced to. */
  readonly requests: readonly SeenRequest[];
  readonly state: StudioState | undefined;
}

/** The sessions that the app's process has seen, and those of a user. */
export function SessionsView({ connection, shown, show, notify, requests, state }: Props) {
  const { user, session: chosen, isHidden } = shown;
  const { value, error, ask } = usePolled<readonly SeenSession[]>(
    connection,
    'sessions',
    JSON.stringify(user === '' ? {} : { user }),
  );
  const search = useRef<HTMLInputElement>(null);
  const handles = value?.map(({ handle }) => handle) ?? [];
  const now = Date.now() + (state?.aheadMs ?? 0);
  useKeys({
    '/': () => search.current?.focus(),
    j: () => show({ session: neighbourOf(chosen, handles, 1) }),
    k: () => show({ session: neighbourOf(chosen, handles, -1) }),
    Escape: () => show({ session: null }),
  });
  return (
    <>
      <form class="bar" onSubmit={(event) => event.preventDefault()}>
        <label class="wide">
          <span class="hidden">The ID of a user</span>
          <input
            ref={search}
            type="search"
            placeholder="Sessions of a user: their ID ( / )"
            value={user}
            onInput={({ currentTarget }) => show({ user: currentTarget.value, session: null })}
          />
        </label>
        <button type="button" aria-pressed={isHidden} onClick={() => show({ isHidden: !isHidden })}>
          {isHidden ? 'Show values' : 'Hide values'}
        </button>
      </form>
      <div class="panes">
        <div class="list">
          {error !== null && <p class="warning">{error}</p>}
          {value?.length === 0 && <NoSession user={user} state={state} />}
          {value && value.length > 0 && (
            <SessionTable
              sessions={value}
              chosen={chosen}
              isHidden={isHidden}
              now={now}
              onChoose={(session) => show({ session })}
            />
          )}
        </div>
        {chosen !== null && (
          <SessionPanel
            key={chosen}
            connection={connection}
            handle={chosen}
            isHidden={isHidden}
            now={now}
            names={state?.sessions.map(({ name }) => name) ?? []}
            requests={requests}
            show={show}
            notify={notify}
            onChange={ask}
          />
        )}
      </div>
    </>
  );
}

/** Says why the list is empty, and what to do. */
function NoSession({ user, state }: Pick<Props, 'state'> & Pick<Shown, 'user'>) {
  if (user === '') {
    return (
      <div class="empty">
        <p>No session yet. Use the app, for example sign in: the sessions of its requests appear here.</p>
      </div>
    );
  }
  const hasUsers = state?.sessions.some((session) => session.hasUsers) ?? true;
  return (
    <div class="empty">
      {hasUsers ? (
        <p>This user has no session.</p>
      ) : (
        <p>
          The sessions of a user are found with the option <code>user</code> of <code>nextAppSession</code>,
          which this app does not have.
        </p>
      )}
    </div>
  );
}
