/** @jsxImportSource preact */
import type { SeenRequest } from '../seen/seen-request.js';
import { duration } from './format.js';
import { WarningList } from './warning-list.js';
import { Waterfall } from './waterfall.js';

const COOKIES = {
  none: 'It came without a session cookie.',
  sent: 'It came with a session cookie.',
  refused:
    'It came with a session cookie that was refused: it is forged, malformed, or signed with another secret.',
} as const;

interface Props {
  readonly request: SeenRequest;
  /** Called with the handle of the session that the user has chosen. */
  readonly onSession: (handle: string) => void;
}

/** All that is known of one request. */
export function RequestDetail({ request, onSession }: Props) {
  const { method, path, state, sessions, cookie, setCookies, events, warnings } = request;
  return (
    <section class="detail" aria-label="The chosen request">
      <h2>
        {method} {path}
      </h2>
      <p>
        {state.is === 'answered' && `Answered with ${state.status} in ${duration(state.durationMs)}.`}
        {state.is === 'aborted' && `Aborted after ${duration(state.durationMs)}.`}
        {state.is === 'running' && 'It runs.'} {COOKIES[cookie]}
      </p>
      <Waterfall request={request} />
      {events.length > 0 && (
        <ul class="events">
          {events.map((event) => (
            <li key={`${event.atMs} ${event.type}`}>
              {event.type.replace('_', ' ')}
              {'reason' in event && ` (${event.reason.replace('_', ' ')})`} at {duration(event.atMs)}
            </li>
          ))}
        </ul>
      )}
      {setCookies.map(({ name, is, attributes }) => (
        <p key={`${name} ${is}`}>
          The cookie <code>{name}</code> was {is}: <code>{attributes}</code>
        </p>
      ))}
      {sessions.length > 0 && (
        <p class="bar">
          {sessions.map((handle) => (
            <button type="button" key={handle} onClick={() => onSession(handle)}>
              All of session <code>{handle}</code>
            </button>
          ))}
        </p>
      )}
      <WarningList warnings={warnings} />
    </section>
  );
}
