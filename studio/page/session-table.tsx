/** @jsxImportSource preact */
import type { SeenSession } from '../seen/seen-session.js';
import { scrollTo } from './focus.js';
import { FACTS, type Fact, factsOf } from './session-facts.js';
import { SessionTag } from './session-tag.js';

/** Where there is room for a fact: the panel of a session has them all. */
const CLASSES: Readonly<Record<Fact['title'], string>> = {
  User: '',
  Listed: 'wide-only',
  Created: 'roomy-only',
  'Last seen': '',
  Ends: 'wide-only',
  Size: 'number wide-only',
};

interface Props {
  readonly sessions: readonly SeenSession[];
  readonly chosen: string | null;
  readonly isHidden: boolean;
  /** The time of the sessions. */
  readonly now: number;
  readonly onChoose: (handle: string) => void;
}

export function SessionTable({ sessions, chosen, isHidden, now, onChoose }: Props) {
  return (
    <table class="rows sessions">
      <caption class="hidden">Sessions, those used last first</caption>
      <thead>
        <tr>
          <th scope="col">Session</th>
          {FACTS.map((title) => (
            <th scope="col" key={title} class={CLASSES[title]}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {sessions.map(({ handle, name, state }) => (
          <tr
            key={handle}
            ref={handle === chosen ? scrollTo : null}
            class={`${handle === chosen ? 'chosen' : ''} ${state.is === 'live' ? '' : 'quiet'}`}
            aria-current={handle === chosen}
            onClick={() => onChoose(handle)}
          >
            <td class="path">
              <button type="button">
                <SessionTag handle={handle} />{' '}
                {state.is !== 'live' && (
                  <span class="tag quiet" title={state.is === 'unknown' ? state.why : ''}>
                    {state.is}
                  </span>
                )}{' '}
                <span class="quiet wide-only">{name}</span>
              </button>
            </td>
            {factsOf(state, isHidden, now).map(({ title, text, full }) => (
              <td key={title} class={CLASSES[title]} title={full ?? text}>
                {text}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
