/** @jsxImportSource preact */
import { useState } from 'preact/hooks';
import type { SaveResult, SessionContent } from '../seen/seen-session.js';
import { ChangeList } from './change-list.js';
import { changeAt, type DataPath } from './data-path.js';
import { DataTree } from './data-tree.js';
import { useDraft } from './use-draft.js';

interface Props {
  readonly handle: string;
  /** As the server has it now. */
  readonly content: SessionContent;
  readonly isHidden: boolean;
  /** Called when the draft is thrown away. */
  readonly onReset: () => void;
  readonly onSave: (version: string, data: unknown) => Promise<SaveResult | null>;
}

/** The data of a session as a tree. An edit is saved only on top of what the user saw. */
export function SessionEditor({ handle, content, isHidden, onReset, onSave }: Props) {
  const [draft, setDraft] = useDraft(handle);
  const [problem, setProblem] = useState<string | null>(null);
  const change = (path: DataPath, value: unknown) => {
    const { base, data } = draft ?? { base: content, data: content.data };
    setDraft({ base, data: changeAt(data, path, value) as object });
  };
  const reset = () => {
    setDraft(null);
    setProblem(null);
    onReset();
  };
  const save = async () => {
    if (!draft) return;
    const result = await onSave(draft.base.version, draft.data);
    if (result?.is === 'saved') setDraft(null);
    setProblem(result?.is === 'conflict' ? 'Nothing was saved: the session has changed meanwhile.' : null);
  };
  const hasChanged = draft !== null && draft.base.version !== content.version;
  return (
    <div class="editor">
      <ul class="tree" aria-label="The data of the session">
        <DataTree
          name="data"
          value={draft?.data ?? content.data}
          path={[]}
          isHidden={isHidden}
          onChange={change}
        />
      </ul>
      {problem !== null && (
        <p class="warning" role="alert">
          {problem}
        </p>
      )}
      {draft && (
        <div class="warning">
          {hasChanged && (
            <>
              <p>Changed by others:</p>
              <ChangeList before={draft.base.data} after={content.data} isHidden={isHidden} />
            </>
          )}
          <p>Changed here, and not saved:</p>
          <ChangeList before={draft.base.data} after={draft.data} isHidden={isHidden} />
        </div>
      )}
      <p class="buttons">
        <button type="button" class="primary" disabled={!draft} onClick={save}>
          Save
        </button>
        <button type="button" disabled={!draft} onClick={reset}>
          {hasChanged ? 'Take the current data' : 'Undo'}
        </button>
      </p>
    </div>
  );
}
