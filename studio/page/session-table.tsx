/** @jsxImportSource preact */
import type { SeenSession } from '../seen/seen-session.js';
import { scrollTo } from './focus.js';
import { FACTS, type Fact, factsOf } from './session-facts.js';
import { SessionTag } from './session-tag.js';

/** The others are in the panel of a session, which is all that a narrow list has room for. */
const IN_NARROW: ReadonlySet<Fact['title']> = new Set(['User', 'Last seen']);

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
            <th scope="col" key={title} class={classOf(title)}>
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
            class={handle === chosen ? 'chosen' : ''}
            aria-current={handle === chosen}
            onClick={() => onChoose(handle)}
          >
            <td class="path">
              <button type="button">
                <SessionTag handle={handle} />{' '}
                {state.is !== 'live' && <span class="tag quiet">{state.is}</span>}{' '}
                <span class="quiet wide-only">{name}</span>
              </button>
            </td>
            {factsOf(state, isHidden, now).map(({ title, text, full }) => (
              <td key={title} class={classOf(title)} title={full ?? text}>
                {text}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function classOf(title: Fact['title']): string {
  return [title === 'Size' ? 'number' : '', IN_NARROW.has(title) ? '' : 'wide-only'].join(' ').trim();
}
