/** @jsxImportSource preact */
import { useState } from 'preact/hooks';
import type { SaveResult, SessionContent } from '../seen/seen-session.js';
import { hideValues } from './data-changes.js';

interface Props {
  /** As the server has it now. */
  readonly content: SessionContent;
  readonly isHidden: boolean;
  readonly onSave: (version: string, data: unknown) => Promise<SaveResult | null>;
}

/** What the user edits: the text, and the version that it began with. */
interface Draft {
  readonly version: string;
  readonly text: string;
}

/** The data of a session as JSON. An edit is saved only on top of what the user saw. */
export function SessionEditor({ content, isHidden, onSave }: Props) {
  const [draft, setDraft] = useState<Draft | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const current = textOf(content.data);
  if (isHidden) return <pre>{textOf(hideValues(content.data))}</pre>;
  const hasChanged = draft !== null && draft.version !== content.version;
  const reset = () => {
    setDraft(null);
    setProblem(null);
  };
  const save = async () => {
    if (!draft) return;
    const parsed = parse(draft.text);
    if (!parsed) return setProblem('This is not JSON.');
    const result = await onSave(draft.version, parsed.data);
    if (result?.is === 'saved') setDraft(null);
    setProblem(result?.is === 'conflict' ? 'Nothing was saved: the session has changed meanwhile.' : null);
  };
  return (
    <div class="editor">
      <label>
        <span class="hidden">The data of the session, as JSON</span>
        <textarea
          rows={Math.min(20, current.split('\n').length + 1)}
          spellcheck={false}
          value={draft?.text ?? current}
          onInput={({ currentTarget: { value } }) =>
            setDraft({ version: draft?.version ?? content.version, text: value })
          }
        />
      </label>
      {problem !== null && (
        <p class="warning" role="alert">
          {problem}
        </p>
      )}
      {hasChanged && (
        <div class="warning">
          <p>The session is now:</p>
          <pre>{current}</pre>
        </div>
      )}
      <p class="bar">
        <button type="button" disabled={!draft} onClick={save}>
          Save
        </button>
        <button type="button" disabled={!draft} onClick={reset}>
          {hasChanged ? 'Take the current data' : 'Undo'}
        </button>
      </p>
    </div>
  );
}

function textOf(data: object): string {
  return JSON.stringify(data, null, 2);
}

function parse(text: string): { readonly data: unknown } | null {
  try {
    return { data: JSON.parse(text) };
  } catch {
    return null;
  }
}
