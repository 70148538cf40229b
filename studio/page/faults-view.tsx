/** @jsxImportSource preact */
import { useState } from 'preact/hooks';
import type { FaultRule, StudioState } from '../seen/studio-state.js';
import type { Connection } from './connection.js';
import { duration } from './format.js';
import { usePolled } from './use-polled.js';

const OPERATIONS = ['get', 'set', 'destroy', 'touch', 'list', 'index', 'unindex', 'revoke'];
const HOUR_MS = 3_600_000;
const STEPS = [
  ['An hour', HOUR_MS],
  ['A day', 24 * HOUR_MS],
  ['30 days', 720 * HOUR_MS],
] as const;

/** What goes wrong on purpose: faults of the store, and the clock. */
export function FaultsView({ connection }: { readonly connection: Connection }) {
  const { value: state, error, ask } = usePolled<StudioState>(connection, 'state', '{}');
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
  const problem = refusal ?? error;
  return (
    <div class="view">
      {problem !== null && <p class="warning">{problem}</p>}
      <h2>Make calls fail or wait</h2>
      <FaultForm onAdd={(fault) => call('faults/add', fault)} />
      <ul class="faults">
        {state?.faults.map((rule) => (
          <li key={rule.id}>
            {wordsOf(rule)}{' '}
            <button type="button" onClick={() => call('faults/remove', { id: rule.id })}>
              Remove
            </button>
          </li>
        ))}
      </ul>
      <h2>Freeze the store</h2>
      <p class="bar">
        <button
          type="button"
          aria-pressed={state?.isFrozen ?? false}
          onClick={() => call('freeze', { frozen: !state?.isFrozen })}
        >
          {state?.isFrozen ? 'Thaw' : 'Freeze'}
        </button>
        <span class="quiet">Frozen, it answers no call, as a store that hangs.</span>
      </p>
      <h2>Put the clock forward</h2>
      <p class="bar">
        {STEPS.map(([title, ms]) => (
          <button
            type="button"
            key={title}
            onClick={() => call('clock', { aheadMs: (state?.aheadMs ?? 0) + ms })}
          >
            {title}
          </button>
        ))}
        <button type="button" disabled={!state?.aheadMs} onClick={() => call('clock', { aheadMs: 0 })}>
          Back to now
        </button>
        <span class="quiet">
          {state?.aheadMs
            ? `The sessions think it is ${new Date(Date.now() + state.aheadMs).toLocaleString()}.`
            : 'It is now.'}
        </span>
      </p>
    </div>
  );
}

function FaultForm({ onAdd }: { readonly onAdd: (fault: object) => void }) {
  const [operation, setOperation] = useState('get');
  const [session, setSession] = useState('');
  const [effect, setEffect] = useState('fail');
  const [ms, setMs] = useState('1000');
  const [times, setTimes] = useState('1');
  const add = (event: Event) => {
    event.preventDefault();
    onAdd({
      operation: operation === '' ? null : operation,
      session: session === '' ? null : session,
      effect,
      ms: Number(ms),
      times: Number(times),
    });
  };
  return (
    <form class="bar" onSubmit={add}>
      <label>
        The next{' '}
        <input
          type="number"
          min="1"
          value={times}
          onInput={({ currentTarget }) => setTimes(currentTarget.value)}
        />
      </label>
      <label>
        calls of{' '}
        <select value={operation} onChange={({ currentTarget }) => setOperation(currentTarget.value)}>
          <option value="">anything</option>
          {OPERATIONS.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <label>
        of the session{' '}
        <input
          placeholder="any"
          value={session}
          onInput={({ currentTarget }) => setSession(currentTarget.value)}
        />
      </label>
      <label>
        <span class="hidden">Effect</span>
        <select value={effect} onChange={({ currentTarget }) => setEffect(currentTarget.value)}>
          <option value="fail">fail</option>
          <option value="delay">take longer</option>
        </select>
      </label>
      {effect === 'delay' && (
        <label>
          by{' '}
          <input
            type="number"
            min="0"
            value={ms}
            onInput={({ currentTarget }) => setMs(currentTarget.value)}
          />{' '}
          ms
        </label>
      )}
      <button type="submit">Add</button>
    </form>
  );
}

function wordsOf({ operation, session, effect, left }: FaultRule): string {
  const calls = `${left} ${left === 1 ? 'call' : 'calls'} of ${operation ?? 'anything'}`;
  const what = effect.is === 'fail' ? 'fail' : `take ${duration(effect.ms)} longer`;
  return `The next ${calls} ${session === null ? '' : `of ${session} `}${what}.`;
}
