/** @jsxImportSource preact */
import { useState } from 'preact/hooks';
import { STORE_OPERATIONS } from '../../src/events/session-event.js';
import type { SeenSession } from '../seen/seen-session.js';
import { SessionTag, tagText } from './session-tag.js';

interface Props {
  /** Those that are known. The live ones can be chosen. */
  readonly sessions: readonly SeenSession[];
  /** The handle of the session that it is for; null for all. */
  readonly session: string | null;
  readonly isHidden: boolean;
  readonly onSession: (handle: string | null) => void;
  readonly onAdd: (fault: object) => void;
}

/** Which calls of the store go wrong next, and how. */
export function FaultForm({ sessions, session, isHidden, onSession, onAdd }: Props) {
  const [operation, setOperation] = useState('get');
  const [effect, setEffect] = useState('fail');
  const [ms, setMs] = useState('1000');
  const [times, setTimes] = useState('1');
  const live = sessions.filter(({ state }) => state.is === 'live');
  const isListed = live.some(({ handle }) => handle === session);
  const add = (event: Event) => {
    event.preventDefault();
    onAdd({
      operation: operation === '' ? null : operation,
      session,
      effect,
      ms: Number(ms),
      times: Number(times),
    });
  };
  return (
    <form class="buttons" onSubmit={add}>
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
          <option value="">any kind</option>
          {STORE_OPERATIONS.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <label>
        for<span class="hidden"> which sessions</span>{' '}
        <select
          value={session ?? ''}
          onChange={({ currentTarget }) => onSession(currentTarget.value || null)}
        >
          <option value="">all sessions</option>
          {session !== null && !isListed && <option value={session}>{tagText(session)}</option>}
          {live.map((one) => (
            <option key={one.handle} value={one.handle}>
              {wordsOf(one, isHidden)}
            </option>
          ))}
        </select>
      </label>
      {session !== null && (
        <span class="taken">
          <SessionTag handle={session} />
          <button type="button" class="plain" aria-label="For all sessions" onClick={() => onSession(null)}>
            ×
          </button>
        </span>
      )}
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
      <button type="submit" class="primary">
        Add
      </button>
    </form>
  );
}

/** Returns what a session is recognised by. */
function wordsOf({ handle, name, state }: SeenSession, isHidden: boolean): string {
  const users = state.is === 'live' && !isHidden ? state.users : [];
  return [tagText(handle), name, ...users].join(' · ');
}
