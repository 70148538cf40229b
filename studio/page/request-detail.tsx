/** @jsxImportSource preact */
import type { SeenCall, SeenRequest } from '../seen/seen-request.js';
import { Detail } from './detail.js';
import { duration, seconds } from './format.js';
import { SessionTag, tagText } from './session-tag.js';
import { StatusTag } from './status-tag.js';
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
  readonly onClose: () => void;
  /** Called with the handle of the session to be shown. */
  readonly onSession: (handle: string) => void;
  /** Called with the handle of the session whose requests are to be shown. */
  readonly onRequests: (handle: string) => void;
}

/** All that is known of one request. */
export function RequestDetail({ request, onClose, onSession, onRequests }: Props) {
  const { method, path, state, aheadMs, sessions, cookie, calls, setCookies, events, warnings } = request;
  const isMissed = cookie === 'sent' && calls.some(isMiss);
  return (
    <Detail label="The chosen request" title={`${method} ${path}`} problem={null} onClose={onClose}>
      <p>
        <StatusTag state={state} /> {state.is !== 'running' && `after ${duration(state.durationMs)}. `}
        {COOKIES[cookie]}
      </p>
      {isMissed && (
        <p>
          The store does not hold this session: it has ended or expired, or it was in memory when the app
          restarted.
        </p>
      )}
      {aheadMs > 0 && <p>The clock of its session was {seconds(aheadMs / 1000)} ahead.</p>}
      {sessions.map((handle) => (
        <p class="buttons" key={handle}>
          <SessionTag handle={handle} onOpen={() => onSession(handle)} />
          <button type="button" onClick={() => onRequests(handle)}>
            All requests of this session<span class="hidden"> {tagText(handle)}</span>
          </button>
        </p>
      ))}
      <WarningList warnings={warnings} />
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
    </Detail>
  );
}

function isMiss({ operation, end }: SeenCall): boolean {
  return operation === 'get' && end?.outcome === 'miss';
}
