/** @jsxImportSource preact */
import { useState } from 'preact/hooks';
import type { SaveResult, SessionDetail } from '../seen/seen-session.js';
import type { Connection } from './connection.js';
import { asFixture, asTester } from './copied-code.js';
import { SessionEditor } from './session-editor.js';
import { factsOf } from './session-facts.js';
import { usePolled } from './use-polled.js';
import { WriteList } from './write-list.js';

interface Props {
  readonly connection: Connection;
  readonly handle: string;
  readonly isHidden: boolean;
  /** Called when the session was changed here. */
  readonly onChange: () => Promise<void>;
  /** Called with the new handle of the session, which has got a new ID. */
  readonly onMove: (handle: string) => void;
}

/** One session: its data, to edit, what was written, and what can be done to it. */
export function SessionPanel({ connection, handle, isHidden, onChange, onMove }: Props) {
  const { value, error, ask } = usePolled<SessionDetail | null>(
    connection,
    'session',
    JSON.stringify({ handle }),
  );
  const [notice, setNotice] = useState<string | null>(null);
  const call = async <T,>(path: string, args: object = {}): Promise<T | null> => {
    try {
      const result = await connection.call<T>(path, { handle, ...args });
      await Promise.all([ask(), onChange()]);
      return result;
    } catch (failure) {
      setNotice((failure as Error).message);
      return null;
    }
  };
  const open = async () => {
    const link = await call<{ url: string }>('session/open');
    if (link) window.open(link.url, '_blank', 'noopener');
  };
  const regenerate = async () => {
    const moved = await call<string>('session/regenerate');
    if (moved) onMove(moved);
  };
  const copy = async (text: string) => {
    await navigator.clipboard.writeText(text);
    setNotice('Copied.');
  };
  if (!value) return <section class="detail">{error ?? 'Reading …'}</section>;
  const { content, state, writes, canOpen } = value;
  return (
    <section class="detail" aria-label="The chosen session">
      <h2>Session {handle}</h2>
      {(notice ?? error) !== null && <p role="status">{notice ?? error}</p>}
      <p class="bar">
        <button type="button" disabled={!canOpen} onClick={open}>
          Open the app as this session
        </button>
        <button type="button" disabled={!canOpen} onClick={regenerate}>
          Regenerate
        </button>
        <button type="button" disabled={!content} onClick={() => call('session/expire')}>
          Let it expire
        </button>
        <button type="button" disabled={!content} onClick={() => call('session/end')}>
          End
        </button>
        <button type="button" disabled={!content} onClick={() => content && copy(asTester(content.data))}>
          Copy as tester
        </button>
        <button type="button" disabled={!content} onClick={() => content && copy(asFixture(content.data))}>
          Copy as fixture
        </button>
      </p>
      <dl>
        {factsOf(state, isHidden)
          .filter(({ text }) => text !== '')
          .map(({ title, text }) => (
            <div key={title}>
              <dt>{title}</dt>
              <dd>{text}</dd>
            </div>
          ))}
      </dl>
      {content ? (
        <SessionEditor
          content={content}
          isHidden={isHidden}
          onSave={(version, data) => call<SaveResult>('session/save', { version, data })}
        />
      ) : (
        <p class="quiet">This session is {state.is}.</p>
      )}
      <WriteList writes={writes} isHidden={isHidden} />
    </section>
  );
}
