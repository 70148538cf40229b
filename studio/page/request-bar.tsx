/** @jsxImportSource preact */
import type { RefObject } from 'preact';
import { outcomesOf, type RequestFilter } from './request-filter.js';
import { SessionTag } from './session-tag.js';
import type { RequestFeed } from './use-requests.js';

interface Props {
  readonly feed: RequestFeed;
  readonly filter: RequestFilter;
  readonly search: RefObject<HTMLInputElement | null>;
  readonly onFilter: (filter: RequestFilter) => void;
  readonly onClear: () => void;
}

/** Which requests are shown, and whether new ones are. */
export function RequestBar({ feed, filter, search, onFilter, onClear }: Props) {
  const { requests, isPaused, pause } = feed;
  const { text, outcome, session } = filter;
  return (
    <form class="bar" onSubmit={(event) => event.preventDefault()}>
      {session !== null && (
        <span class="taken">
          <SessionTag handle={session} />
          <button
            type="button"
            class="plain"
            aria-label="Show all sessions"
            onClick={() => onFilter({ ...filter, session: null })}
          >
            ×
          </button>
        </span>
      )}
      <label class="wide">
        <span class="hidden">Filter by path, status or session</span>
        <input
          ref={search}
          type="search"
          placeholder="Filter: path, status or session ( / )"
          value={text}
          onInput={({ currentTarget }) => onFilter({ ...filter, text: currentTarget.value })}
        />
      </label>
      <label>
        <span class="hidden">Filter by outcome</span>
        <select
          value={outcome}
          onChange={({ currentTarget }) => onFilter({ ...filter, outcome: currentTarget.value })}
        >
          <option value="any">All requests</option>
          <option value="session">With a session</option>
          <option value="trouble">With a failure</option>
          <optgroup label="With the outcome">
            {outcomesOf(requests, outcome).map((name) => (
              <option key={name} value={name}>
                {name.replace('_', ' ')}
              </option>
            ))}
          </optgroup>
        </select>
      </label>
      <button type="button" aria-pressed={isPaused} onClick={() => pause(!isPaused)}>
        {isPaused ? 'Resume' : 'Pause'}
      </button>
      <button type="button" disabled={requests.length === 0} onClick={onClear}>
        Clear
      </button>
    </form>
  );
}
