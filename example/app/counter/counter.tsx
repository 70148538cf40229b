'use client';

import { useRouter } from 'next/navigation';
import { useRef, useState } from 'react';
import { FormError } from '@/components/form-error';
import { formErrors } from '@/lib/form';

export function Counter({ initial }: { initial: number }) {
  const router = useRouter();
  const [count, setCount] = useState(initial);
  const [pending, setPending] = useState(0);
  const [failed, setFailed] = useState(false);
  const inFlight = useRef(0);
  const firstReply = useRef<Promise<unknown>>(null);

  async function send(method: 'POST' | 'DELETE') {
    const response = await fetch('/api/counter', { method });
    if (!response.ok) throw new Error(`The server answered ${response.status}`);
    const { count } = (await response.json()) as { count: number };
    // Replies may arrive in another order than they were sent in.
    setCount((shown) => (method === 'POST' ? Math.max(shown, count) : count));
  }

  // A new visitor has no cookie until the first reply. Requests sent before it would each start a session of
  // their own, so they wait for it; all later ones run at the same time.
  async function add() {
    const isFirst = firstReply.current === null;
    if (isFirst) firstReply.current = send('POST');
    await firstReply.current;
    if (!isFirst) await send('POST');
  }

  async function run(task: () => Promise<void>) {
    setFailed(false);
    setPending(++inFlight.current);
    try {
      await task();
    } catch {
      firstReply.current = null;
      setFailed(true);
    } finally {
      setPending(--inFlight.current);
      if (inFlight.current === 0) router.refresh(); // shows the session as it is now
    }
  }

  return (
    <>
      <p className="count">
        <span id="count-label">Count</span>
        <output aria-labelledby="count-label" aria-busy={pending > 0}>
          {count}
        </output>
      </p>
      <FormError>{failed && formErrors.unreachable}</FormError>
      <div className="actions">
        <button type="button" className="primary" onClick={() => run(add)}>
          Add one
        </button>
        <button
          type="button"
          onClick={() => {
            for (let i = 0; i < 20; i++) run(add);
          }}
        >
          Send 20 at once
        </button>
        <button type="button" disabled={count === 0 || pending > 0} onClick={() => run(() => send('DELETE'))}>
          Reset
        </button>
      </div>
    </>
  );
}
