/** @jsxImportSource preact */
import { useState } from 'preact/hooks';
import type { SeenSession } from '../seen/seen-session.js';
import type { FaultRule, StudioState } from '../seen/studio-state.js';
import type { Connection } from './connection.js';
import { FaultForm } from './fault-form.js';
import { duration, exactTime } from './format.js';
import { SessionTag } from './session-tag.js';
import type { Show, Shown } from './shown.js';
import { type Polled, usePolled } from './use-polled.js';

const HOUR_MS = 3_600_000;
const STEPS = [
  ['An hour', HOUR_MS],
  ['A day', 24 * HOUR_MS],
  ['30 days', 720 * HOUR_MS],
] as const;

interface Props {
  readonly connection: Connection;
  readonly shown: Shown;
  readonly show: Show;
  readonly state: Polled<StudioState>;
}

/** What goes wrong on purpose: faults of the store, and the clock. */
export function FaultsView({ connection, shown, show, state: { value: state, error, ask } }: Props) {
  const { value: sessions } = usePolled<readonly SeenSession[]>(connection, 'sessions', '{}');
  const [refusal, setRefusal] = useState<string | null>(null);
  const call = async (path: string, args: object) => {
    try {
      await connection.call(path, args);
      setRefusal(null);
    } catch (failure) {
      setRefusal((failure as Error).message);
    }
    await ask();
  };
  const openSession = (session: string) => show({ view: 'sessions', session });
  const aheadMs = state?.aheadMs ?? 0;
  const isFrozen = state?.isFrozen ?? false;
  const problem = refusal ?? error;
  return (
    <div class="view faults">
      {problem !== null && (
        <p class="warning" role="alert">
          {problem}
        </p>
      )}
      <section>
        <h2>Make calls fail or wait</h2>
        <FaultForm
          sessions={sessions ?? []}
          session={shown.faultOf}
          isHidden={shown.isHidden}
          onSession={(faultOf) => show({ faultOf })}
          onAdd={(fault) => call('faults/add', fault)}
        />
        {state?.faults.length === 0 && <p class="quiet">No call fails or waits on purpose.</p>}
        <ul class="rules">
          {state?.faults.map((rule) => (
            <li key={rule.id}>
              <Words rule={rule} onSession={openSession} />
              <button type="button" onClick={() => call('faults/remove', { id: rule.id })}>
                Remove
              </button>
            </li>
          ))}
        </ul>
      </section>
      <section>
        <h2>Freeze the store</h2>
        <p class="buttons">
          <button type="button" aria-pressed={isFrozen} onClick={() => call('freeze', { frozen: !isFrozen })}>
            {isFrozen ? 'Unfreeze' : 'Freeze'}
          </button>
          <span class="quiet">
            {isFrozen
              ? 'It is frozen: no call is answered.'
              : 'Frozen, it answers no call, as a store that hangs.'}
          </span>
        </p>
      </section>
      <section>
        <h2>Put the clock forward</h2>
        <p class="buttons">
          {STEPS.map(([title, ms]) => (
            <button type="button" key={title} onClick={() => call('clock', { aheadMs: aheadMs + ms })}>
              {title}
            </button>
          ))}
          <button type="button" disabled={aheadMs === 0} onClick={() => call('clock', { aheadMs: 0 })}>
            Back to now
          </button>
          <span class="quiet">
            {aheadMs > 0 ? `The sessions think it is ${exactTime(Date.now() + aheadMs)}.` : 'It is now.'}
          </span>
        </p>
      </section>
    </div>
  );
}

interface WordsProps {
  readonly rule: FaultRule;
  readonly onSession: (handle: string) => void;
}

function Words({ rule: { operation, session, effect, left }, onSession }: WordsProps) {
  const isOne = left === 1;
  return (
    <span>
      The next {isOne ? 'call' : `${left} calls`} of {operation ?? 'any kind'}{' '}
      {session !== null && (
        <>
          for <SessionTag handle={session} onOpen={() => onSession(session)} />{' '}
        </>
      )}
      {effect.is === 'fail' ? 'fail' : 'take'}
      {isOne && 's'}
      {effect.is === 'delay' && ` ${duration(effect.ms)} longer`}.
    </span>
  );
}
