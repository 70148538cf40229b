/** @jsxImportSource preact */
import type { SeenRequest } from '../seen/seen-request.js';
import type { SeenWrite } from '../seen/seen-session.js';
import { ChangeList } from './change-list.js';
import { clockTime } from './format.js';

interface Props {
  readonly writes: readonly SeenWrite[];
  /** Those that can be said in words. The others have their number. */
  readonly requests: readonly SeenRequest[];
  readonly isHidden: boolean;
  /** Called with the number of the request that wrote. */
  readonly onRequest: (request: number) => void;
}

/** What this process wrote to a session, the last write first, each as its difference to the one before. */
export function WriteList({ writes, requests, isHidden, onRequest }: Props) {
  if (writes.length === 0) return null;
  const items = writes.map((write, at) => ({
    ...write,
    // The first is shown whole: what was there before it is not known.
    before: at === 0 ? {} : (writes[at - 1]?.data ?? null),
  }));
  return (
    <>
      <h3>Written by this process</h3>
      <ol class="writes" reversed>
        {items.toReversed().map(({ at, request, data, before }, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two writes may have the same time, and items have no state
          <li key={`${at} ${items.length - place}`}>
            <span class="quiet">{clockTime(at)} </span>
            {request === null ? (
              <span class="quiet">in the studio</span>
            ) : (
              <button type="button" class="link" onClick={() => onRequest(request)}>
                {wordsOf(request, requests)}
              </button>
            )}
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

function wordsOf(request: number, requests: readonly SeenRequest[]): string {
  const found = requests.find(({ id }) => id === request);
  return found ? `${found.method} ${found.path}` : `request ${request}`;
}
