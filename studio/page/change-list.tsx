/** @jsxImportSource preact */
import { changesBetween } from './data-changes.js';
import { shortened } from './format.js';

const MAX_CHANGES = 100;

interface Props {
  readonly before: object;
  readonly after: object;
  readonly isHidden: boolean;
}

/** What is different between the data at two times, a line for each value. */
export function ChangeList({ before, after, isHidden }: Props) {
  const changes = changesBetween(before, after);
  const show = (json: string) => (isHidden ? '•••' : shortened(json));
  if (changes.length === 0) return <p class="quiet">No value is different.</p>;
  return (
    <ul class="changes">
      {changes.slice(0, MAX_CHANGES).map(({ path, before: from, after: to }) => (
        <li key={path}>
          <code>{path}</code> {from !== null && <del>{show(from)}</del>}{' '}
          {to !== null && <ins>{show(to)}</ins>}
        </li>
      ))}
      {changes.length > MAX_CHANGES && <li class="quiet">And {changes.length - MAX_CHANGES} more.</li>}
    </ul>
  );
}
