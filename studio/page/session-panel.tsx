/** @jsxImportSource preact */
import { useState } from 'preact/hooks';
import type { SeenRequest } from '../seen/seen-request.js';
import type { SaveResult, SessionDetail, SessionState } from '../seen/seen-session.js';
import type { Connection } from './connection.js';
import { Detail } from './detail.js';
import { factWords } from './fact-words.js';
import { exactTime } from './format.js';
import type { Notify } from './notice.js';
import { EVERYTHING } from './request-filter.js';
import { SessionActions } from './session-actions.js';
import { SessionEditor } from './session-editor.js';
import { SessionTag } from './session-tag.js';
import type { Show } from './shown.js';
import { usePolled } from './use-polled.js';
import { WriteList } from './write-list.js';

interface Props {
  readonly connection: Connection;
  readonly handle: string;
  readonly isHidden: boolean;
  /** The time of the sessions. */
  readonly now: number;
  /** The names of the cookies of all sessions that the app has. */
  readonly names: readonly string[];
  /** Those that writes are traced to. */
  readonly requests: readonly SeenRequest[];
  readonly show: Show;
  readonly notify: Notify;
  /** Called when the session was changed here. */
  readonly onChange: () => Promise<void>;
}

/** One session: its data, to edit, what was written, and what can be done to it. */
export function SessionPanel(props: Props) {
  const { connection, handle, isHidden, now, names, requests, show, notify, onChange } = props;
  const { value, error, ask } = usePolled<SessionDetail | null>(
    connection,
    'session',
    JSON.stringify({ handle }),
  );
  const [refusal, setRefusal] = useState<string | null>(null);
  const call = async <T,>(path: string, args: object = {}): Promise<T | null> => {
    try {
      const result = await connection.call<T>(path, { handle, ...args });
      setRefusal(null);
      // The table may take long.
      void onChange();
      await ask();
      return result;
    } catch (failure) {
      setRefusal((failure as Error).message);
      return null;
    }
  };
  const save = async (version: string, data: unknown) => {
    const result = await call<SaveResult>('session/save', { version, data });
    if (result?.is === 'gone') setRefusal('Nothing was saved: the session has ended.');
    return result;
  };
  const problem = refusal ?? error;
  return (
    <Detail
      label="The chosen session"
      title={
        <>
          Session <SessionTag handle={handle} /> <span class="quiet">{value?.name}</span>
        </>
      }
      problem={problem}
      onClose={() => show({ session: null })}
    >
      {value === undefined && problem === null && <p class="quiet">Reading …</p>}
      {value === null && <p class="quiet">The app’s process does not know this session any more.</p>}
      {value && (
        <>
          <SessionActions
            session={value}
            names={names}
            call={call}
            notify={notify}
            onProblem={setRefusal}
            onMove={(session) => show({ session })}
            onRequests={() =>
              show({ view: 'requests', request: null, filter: { ...EVERYTHING, session: handle } })
            }
            onFault={() => show({ view: 'faults', faultOf: handle })}
          />
          <dl>
            {factWords(value.state, isHidden, now)
              .filter(({ text }) => text !== '')
              .map(({ title, text, full }) => (
                <div key={title}>
                  <dt>{title}</dt>
                  <dd>
                    {text}
                    {full && <span class="quiet"> {full}</span>}
                  </dd>
                </div>
              ))}
          </dl>
          {value.content ? (
            <SessionEditor
              handle={handle}
              content={value.content}
              isHidden={isHidden}
              onReset={() => setRefusal(null)}
              onSave={save}
            />
          ) : (
            <p>{wordsOf(value.state)}</p>
          )}
          <WriteList
            writes={value.writes}
            requests={requests}
            isHidden={isHidden}
            onRequest={(request) => show({ view: 'requests', request, filter: EVERYTHING })}
          />
        </>
      )}
    </Detail>
  );
}

/** Returns why there is no data to be shown. */
function wordsOf(state: SessionState): string {
  switch (state.is) {
    case 'moved':
      return `This session has got a new ID. Its data can be read by the old one until ${exactTime(state.until)}.`;
    case 'rejected':
      return `The store has something here that is no session of this app: ${state.reason.replace('_', ' ')}.`;
    case 'unknown':
      return state.why;
    default:
      return `This session is ${state.is}.`;
  }
}
