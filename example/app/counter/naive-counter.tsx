'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { FormError } from '@/components/form-error';
import { formErrors } from '@/lib/form';

const CLICKS = 20;

/** The same clicks, counted by a handler that reads a value and writes it back. */
export function NaiveCounter() {
  const router = useRouter();
  const [kept, setKept] = useState<number | null>(null);
  const [isRunning, setRunning] = useState(false);
  const [failed, setFailed] = useState(false);

  async function run() {
    setRunning(true);
    setFailed(false);
    try {
      await send('DELETE'); // begins at 0, and with a session, also for a new visitor
      const counts = await Promise.all(Array.from({ length: CLICKS }, () => send('POST')));
      setKept(Math.max(...counts));
      router.refresh();
    } catch {
      setFailed(true);
    } finally {
      setRunning(false);
    }
  }

  return (
    <>
      <p className="count">
        <span id="kept-label">Kept of {CLICKS}</span>
        <output aria-labelledby="kept-label" aria-busy={isRunning}>
          {kept ?? '–'}
        </output>
      </p>
      <FormError>{failed && formErrors.unreachable}</FormError>
      <button type="button" disabled={isRunning} onClick={run}>
        Send {CLICKS} the naive way
      </button>
      <p role="status" className="lost">
        {kept !== null && `${CLICKS - kept} of ${CLICKS} clicks are lost.`}
      </p>
    </>
  );
}

async function send(method: 'POST' | 'DELETE'): Promise<number> {
  const response = await fetch('/api/counter/naive', { method });
  if (!response.ok) throw new Error(`The server answered ${response.status}`);
  return ((await response.json()) as { count: number }).count;
}
