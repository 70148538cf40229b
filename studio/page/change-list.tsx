/** @jsxImportSource preact */
import { changesBetween } from './data-changes.js';

interface Props {
  readonly before: object;
  readonly after: object;
  readonly isHidden: boolean;
}

/** What is different between the data at two times, a line for each value. */
export function ChangeList({ before, after, isHidden }: Props) {
  const changes = changesBetween(before, after);
  if (changes.length === 0) return <p class="quiet">No value is different.</p>;
  return (
    <ul>
      {changes.map(({ path, before: from, after: to }) => (
        <li key={path}>
          <code>{path}</code> {from !== null && <del>{isHidden ? '•••' : from}</del>}{' '}
          {to !== null && <ins>{isHidden ? '•••' : to}</ins>}
        </li>
      ))}
    </ul>
  );
}
