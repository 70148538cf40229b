/** @jsxImportSource preact */
import { useState } from 'preact/hooks';
import { focus } from './focus.js';

interface Props {
  readonly label: string;
  readonly value: unknown;
  /** Whether the user goes on here at once. */
  readonly isFirst: boolean;
  readonly onDone: (value: unknown) => void;
  readonly onCancel: () => void;
}

/** A field for one value, as JSON. Enter takes it, Shift and Enter begin a line, Escape leaves it. */
export function JsonField({ label, value, isFirst, onDone, onCancel }: Props) {
  const [text, setText] = useState(JSON.stringify(value, null, 2));
  const [isWrong, setWrong] = useState(false);
  const take = () => {
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch {
      return setWrong(true);
    }
    onDone(parsed);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'Escape') onCancel();
    if (event.key !== 'Enter' || event.shiftKey) return;
    event.preventDefault();
    take();
  };
  return (
    <span class="field">
      <textarea
        ref={isFirst ? focus : null}
        aria-label={label}
        aria-invalid={isWrong}
        rows={Math.min(20, text.split('\n').length)}
        spellcheck={false}
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
        onKeyDown={onKey}
      />
      <button type="button" onClick={take}>
        Take
      </button>
      <button type="button" onClick={onCancel}>
        Leave
      </button>
      {isWrong && (
        <span class="bad" role="alert">
          This is not JSON. A text stands in double quotes.
        </span>
      )}
    </span>
  );
}
