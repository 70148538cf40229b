/** @jsxImportSource preact */
import type { Ref } from 'preact';
import { useState } from 'preact/hooks';
import { valueIn } from './json-value.js';

interface Props {
  readonly label: string;
  readonly value: unknown;
  /** Whether it is all of a session's data. */
  readonly isWhole: boolean;
  /** Gets the field, to lead the user to it. */
  readonly field: Ref<HTMLTextAreaElement>;
  readonly onDone: (value: unknown) => void;
  readonly onCancel: () => void;
}

/** A field for one value, as JSON. Enter takes it, Shift and Enter begin a line, Escape leaves it. */
export function JsonField({ label, value, isWhole, field, onDone, onCancel }: Props) {
  const [text, setText] = useState(JSON.stringify(value, null, 2));
  const [problem, setProblem] = useState<string | null>(null);
  const take = () => {
    const typed = valueIn(text, isWhole);
    if (typed.is === 'value') onDone(typed.value);
    else setProblem(typed.why);
  };
  const leave = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    // The panel around it stays.
    event.stopPropagation();
    onCancel();
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey) return;
    event.preventDefault();
    take();
  };
  return (
    <fieldset class="field" onKeyDown={leave}>
      <textarea
        ref={field}
        aria-label={label}
        aria-invalid={problem !== null}
        rows={Math.min(20, text.split('\n').length)}
        spellcheck={false}
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
        onKeyDown={onKey}
      />
      <button type="button" class="primary" onClick={take}>
        Apply
      </button>
      <button type="button" onClick={onCancel}>
        Cancel
      </button>
      {problem !== null && (
        <span class="bad" role="alert">
          {problem}
        </span>
      )}
    </fieldset>
  );
}
