'use client';

import { useEffect, useState } from 'react';
import type { TraceReport } from '@/lib/trace-report';
import { Latency } from './latency';
import { Waterfall } from './waterfall';

const EVERY_MS = 1000;

/** The report, asked for again every second while somebody can see it. */
export function LiveTraces({ initial }: { initial: TraceReport }) {
  const [report, setReport] = useState(initial);
  const [isLive, setLive] = useState(true);
  const [failed, setFailed] = useState(false);

  useEffect(() => {
    if (!isLive) return;
    const aborted = new AbortController();
    const update = async () => {
      if (document.hidden) return;
      try {
        const response = await fetch('/api/traces', { signal: aborted.signal });
        if (!response.ok) throw new Error(`The server answered ${response.status}`);
        setReport(await response.json());
        setFailed(false);
      } catch {
        if (!aborted.signal.aborted) setFailed(true);
      }
    };
    const timer = setInterval(update, EVERY_MS);
    return () => {
      clearInterval(timer);
      aborted.abort();
    };
  }, [isLive]);

  return (
    <div className="traces">
      <div className="traces-bar">
        <button type="button" aria-pressed={!isLive} onClick={() => setLive(!isLive)}>
          {isLive ? 'Pause' : 'Resume'}
        </button>
        <p role="status" className={failed ? 'error' : 'hint'}>
          {failed ? 'The server does not answer just now.' : isLive ? 'Updates every second.' : 'Paused.'}
        </p>
      </div>
      <Latency operations={report.operations} />
      <Waterfall requests={report.requests} />
    </div>
  );
}
