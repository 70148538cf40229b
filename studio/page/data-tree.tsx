/** @jsxImportSource preact */
import { useRef, useState } from 'preact/hooks';
import { type DataPath, pathText } from './data-path.js';
import { focus, focusAll } from './focus.js';
import { shortened } from './format.js';
import { JsonField } from './json-field.js';

interface Props {
  /** The name of the value, as the user sees it. */
  readonly name: string;
  readonly value: unknown;
  readonly path: DataPath;
  readonly isHidden: boolean;
  /** Called with another value for a place, or undefined to leave it out. */
  readonly onChange: (path: DataPath, value: unknown) => void;
}

/** Deeper branches are closed at first. */
const OPEN_DEPTH = 4;
/** The others are reached by editing their branch. */
const MAX_SHOWN = 200;

/** A value of a session, with those that it holds. Each can be replaced, left out, or get others. */
export function DataTree({ name, value, path, isHidden, onChange }: Props) {
  const [isOpen, setOpen] = useState(path.length < OPEN_DEPTH);
  const [edited, setEdited] = useState<'nothing' | 'value' | 'new'>('nothing');
  const isEdited = edited === 'value' && !isHidden;
  const isBranch = typeof value === 'object' && value !== null;
  const isWhole = path.length === 0;
  const label = isWhole ? 'all data' : pathText(path);
  const entries = isBranch ? Object.entries(value) : [];
  const close = () => setEdited('nothing');
  const add = () => {
    setOpen(true);
    setEdited('new');
  };
  const replace = (next: unknown) => {
    close();
    onChange(path, next);
  };
  return (
    <li>
      {isBranch && (
        <button
          type="button"
          class="twist"
          aria-expanded={isOpen}
          aria-label={`What ${label} holds`}
          onClick={() => setOpen(!isOpen)}
        >
          {isOpen ? '▾' : '▸'}
        </button>
      )}
      <span class="key">{name}</span>{' '}
      {isEdited ? (
        <JsonField
          label={`The value of ${label}`}
          value={value}
          isWhole={isWhole}
          field={focusAll}
          onDone={replace}
          onCancel={close}
        />
      ) : (
        <button
          type="button"
          class={isBranch ? 'value quiet' : `value of-${typeof value}`}
          disabled={isHidden}
          onClick={() => setEdited('value')}
        >
          <span class="hidden">Edit {label}: </span>
          {isBranch ? sizeOf(value) : isHidden ? '•••' : shortened(JSON.stringify(value))}
        </button>
      )}
      {!isHidden && !isEdited && isBranch && (
        <button type="button" class="twist" aria-label={`Add to ${label}`} onClick={add}>
          +
        </button>
      )}
      {!isHidden && !isEdited && !isWhole && (
        <button
          type="button"
          class="twist"
          aria-label={`Remove ${label}`}
          onClick={() => onChange(path, undefined)}
        >
          ×
        </button>
      )}
      {isBranch && isOpen && (
        <ul>
          {entries.slice(0, MAX_SHOWN).map(([key, inner]) => (
            <DataTree
              key={key}
              name={key}
              value={inner}
              path={[...path, key]}
              isHidden={isHidden}
              onChange={onChange}
            />
          ))}
          {entries.length > MAX_SHOWN && (
            <li class="quiet">
              And {entries.length - MAX_SHOWN} more. Edit {label} to see them.
            </li>
          )}
          {edited === 'new' && !isHidden && (
            <li>
              <NewValue holder={value} label={label} path={path} onChange={onChange} onDone={close} />
            </li>
          )}
        </ul>
      )}
    </li>
  );
}

interface NewProps extends Pick<Props, 'path' | 'onChange'> {
  /** What gets the value. */
  readonly holder: object;
  readonly label: string;
  readonly onDone: () => void;
}

/** A new value: in an object under a key, in an array at its end. */
function NewValue({ holder, label, path, onChange, onDone }: NewProps) {
  const isArray = Array.isArray(holder);
  const field = useRef<HTMLTextAreaElement>(null);
  const [key, setKey] = useState(isArray ? String(holder.length) : '');
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'Enter') {
      event.preventDefault();
      field.current?.select();
    }
    if (event.key !== 'Escape') return;
    // The panel around it stays.
    event.stopPropagation();
    onDone();
  };
  const add = (value: unknown) => {
    onDone();
    onChange([...path, key], value);
  };
  return (
    <>
      {!isArray && (
        <input
          ref={focus}
          aria-label={`The key to add to ${label}`}
          placeholder="key"
          value={key}
          onInput={({ currentTarget }) => setKey(currentTarget.value)}
          onKeyDown={onKey}
        />
      )}
      <JsonField
        label={`The value to add to ${label}`}
        value=""
        isWhole={false}
        field={isArray ? focusAll : field}
        onDone={add}
        onCancel={onDone}
      />
    </>
  );
}

function sizeOf(value: object): string {
  const { length } = Object.keys(value);
  if (Array.isArray(value)) return length === 0 ? '[]' : `[ ${counted(length, 'item')} ]`;
  return length === 0 ? '{}' : `{ ${counted(length, 'key')} }`;
}

function counted(count: number, thing: string): string {
  return count === 1 ? `1 ${thing}` : `${count} ${thing}s`;
}
