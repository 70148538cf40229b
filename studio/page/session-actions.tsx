/** @jsxImportSource preact */
import type { SessionDetail } from '../seen/seen-session.js';
import { asFixture, asTester, whichSession } from './copied-code.js';
import type { Notify } from './notice.js';

interface Props {
  readonly session: SessionDetail;
  /** The names of the cookies of all sessions that the app has. */
  readonly names: readonly string[];
  /** Makes a call about the session. Returns null if that failed, which is then shown. */
  readonly call: <T>(path: string) => Promise<T | null>;
  readonly notify: Notify;
  readonly onProblem: (text: string) => void;
  /** Called with the new handle of the session, which has got a new ID. */
  readonly onMove: (handle: string) => void;
  readonly onRequests: () => void;
  readonly onFault: () => void;
}

/** What can be done with a session: what opens something else, what copies it, what changes it, what ends it. */
export function SessionActions(props: Props) {
  const { session, names, call, notify, onProblem, onMove, onRequests, onFault } = props;
  const { name, state, content, canOpen } = session;
  const isLive = content !== null;
  const open = async () => {
    const link = await call<{ url: string }>('session/open');
    if (link) window.open(link.url, '_blank', 'noopener');
  };
  const copy = async (code: string) => {
    try {
      await navigator.clipboard.writeText(whichSession(name, names) + code);
      notify('Copied.');
    } catch {
      onProblem('The browser does not allow this page to copy. Allow it the clipboard.');
    }
  };
  const regenerate = async () => {
    const moved = await call<string>('session/regenerate');
    if (!moved) return;
    onMove(moved);
    notify('The session has a new ID. Its browser gets that with its next request.');
  };
  const finish = async (path: string, words: string) => {
    const isDone = await call<boolean>(path);
    if (isDone !== null) notify(isDone ? words : 'There was no session any more.');
  };
  return (
    <div class="actions">
      <fieldset aria-label="See the session at work">
        <button type="button" class="primary" disabled={!canOpen || !isLive} onClick={open}>
          Open the app as this session
        </button>
        <button type="button" onClick={onRequests}>
          Its requests
        </button>
        <button type="button" disabled={state.is === 'gone'} onClick={onFault}>
          Make its calls fail …
        </button>
      </fieldset>
      <fieldset aria-label="Copy the session">
        <button type="button" disabled={!isLive} onClick={() => content && copy(asTester(content.data))}>
          Copy as tester
        </button>
        <button type="button" disabled={!isLive} onClick={() => content && copy(asFixture(content.data))}>
          Copy as fixture
        </button>
      </fieldset>
      <fieldset aria-label="Change the session">
        <button type="button" disabled={!canOpen || !isLive} onClick={regenerate}>
          Regenerate
        </button>
      </fieldset>
      <fieldset aria-label="End the session">
        <button
          type="button"
          class="danger"
          disabled={!isLive}
          onClick={() => finish('session/expire', 'The session has expired.')}
        >
          Expire
        </button>
        <button
          type="button"
          class="danger"
          disabled={!isLive}
          onClick={() => finish('session/end', 'The session was ended.')}
        >
          End session
        </button>
      </fieldset>
      {isLive && !canOpen && (
        <p class="quiet">
          It cannot be opened or regenerated: no request with its cookie has come since the app started.
        </p>
      )}
    </div>
  );
}
