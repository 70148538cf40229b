'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { FormError } from '@/components/form-error';
import { formErrors } from '@/lib/form';
import { letExpire, type Outcome, sendAtOnce } from './send-at-once';
import { Waits } from './waits';

const REQUESTS = 20;

/** Lets the token expire, for the page alone or for many requests that come at once. */
export function TokenButtons() {
  const router = useRouter();
  const [isRunning, setRunning] = useState(false);
  const [failed, setFailed] = useState(false);
  const [outcome, setOutcome] = useState<Outcome | null>(null);

  async function run(task: () => Promise<Outcome | null>) {
    setRunning(true);
    setFailed(false);
    try {
      setOutcome(await task());
    } catch {
      setFailed(true);
    } finally {
      setRunning(false);
      router.refresh(); // shows the token as it is now, after renewing it if it has expired
    }
  }

  async function expire() {
    await letExpire();
    return null;
  }

  return (
    <>
      <FormError>{failed && formErrors.unreachable}</FormError>
      <div className="actions">
        <button
          type="button"
          className="primary"
          disabled={isRunning}
          onClick={() => run(() => sendAtOnce(REQUESTS))}
        >
          Send {REQUESTS} at once
        </button>
        <button type="button" disabled={isRunning} onClick={() => run(expire)}>
          Let the token expire
        </button>
      </div>
      <Waits outcome={outcome} />
    </>
  );
}
