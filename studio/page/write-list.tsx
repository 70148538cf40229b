/** @jsxImportSource preact */
import type { SeenWrite } from '../seen/seen-session.js';
import { ChangeList } from './change-list.js';
import { clockTime } from './format.js';

interface Props {
  readonly writes: readonly SeenWrite[];
  readonly isHidden: boolean;
}

/** What this process wrote to a session, the last write first, each as its difference to the one before. */
export function WriteList({ writes, isHidden }: Props) {
  if (writes.length === 0) return null;
  const items = writes.map((write, at) => ({
    ...write,
    before: at === 0 ? {} : (writes[at - 1]?.data ?? null),
  }));
  return (
    <>
      <h3>Written by this process</h3>
      <ol class="writes" reversed>
        {items.toReversed().map(({ at, request, data, before }) => (
          <li key={at}>
            <span class="quiet">
              {clockTime(at)}, {request === null ? 'in the studio' : `request ${request}`}
            </span>
            {data && before ? (
              <ChangeList before={before} after={data} isHidden={isHidden} />
            ) : (
              ' cannot be read any more'
            )}
          </li>
        ))}
      </ol>
    </>
  );
}
