/** @jsxImportSource preact */
import type { SeenSession } from '../seen/seen-session.js';
import { FACTS, type Fact, factWords } from './fact-words.js';
import { scrollTo } from './focus.js';
import { SessionTag } from './session-tag.js';
import { TableHead } from './table-head.js';

/** How wide a fact is, and where there is room for it: the panel of a session has them all. */
const CLASSES: Readonly<Record<Fact['title'], string>> = {
  User: 'user',
  Listed: 'listed wide-only',
  Created: 'when roomy-only',
  'Last seen': 'when',
  Ends: 'when wide-only',
  'Data size': 'size number wide-only',
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
  const rows = sessions.map((session) => ({ session, facts: factWords(session.state, isHidden, now) }));
  // An app without the option has nothing there.
  const hasListed = rows.some(({ facts }) =>
    facts.some(({ title, text }) => title === 'Listed' && text !== ''),
  );
  const isShown = (title: Fact['title']) => title !== 'Listed' || hasListed;
  const columns = FACTS.filter(isShown).map((title) => ({ title, look: CLASSES[title] }));
  return (
    <table class="rows sessions">
      <caption class="hidden">Sessions, those used last first</caption>
      <TableHead columns={[{ title: 'Session', look: 'session' }, ...columns]} />
      <tbody>
        {rows.map(({ session: { handle, name, state }, facts }) => (
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
            {facts
              .filter(({ title }) => isShown(title))
              .map(({ title, text, full }) => (
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
