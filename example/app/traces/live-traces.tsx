'use client';

import { useEffect, useState } from 'react';
import type { TraceReport } from '@/lib/trace-report';
import { Latency } from './latency';
import { Waterfall } from './waterfall';

const EVERY_MS = 1000;
const PATIENCE_MS = 5000;
/** How many requests stand above the latency. */
const NEWEST = 2;

/** The report, asked for again every second while somebody can see it. */
export function LiveTraces({ initial }: { initial: TraceReport }) {
  const [report, setReport] = useState(initial);
  const [isLive, setLive] = useState(true);
  const [failed, setFailed] = useState(false);
  const [isMaking, setMaking] = useState(false);

  useEffect(() => {
    if (!isLive) return;
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout>;
    // The next one waits for the last: a slow server is not asked twice at a time.
    const update = async () => {
      try {
        if (!document.hidden) {
          const report = await fetchReport(stop.signal);
          if (stop.signal.aborted) return;
          setReport(report);
          setFailed(false);
        }
      } catch {
        if (stop.signal.aborted) return;
        setFailed(true);
      }
      timer = setTimeout(update, EVERY_MS);
    };
    timer = setTimeout(update, EVERY_MS);
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [isLive]);

  async function make() {
    setMaking(true);
    await makeTraffic().catch(() => setFailed(true));
    setMaking(false);
  }

  return (
    <div className="traces">
      <div className="traces-bar">
        <button type="button" className="primary" disabled={isMaking} onClick={make}>
          Make traffic
        </button>
        <button type="button" onClick={() => setLive(!isLive)}>
          {isLive ? 'Pause' : 'Resume'}
        </button>
        <p role="status" className="hint">
          {!isLive
            ? 'Paused.'
            : failed
              ? 'The server does not answer just now. This page goes on trying.'
              : 'Updates every second.'}
        </p>
      </div>
      <Waterfall title="Last requests" requests={report.requests.slice(0, NEWEST)} />
      <Latency operations={report.operations} />
      {report.requests.length > NEWEST && (
        <Waterfall title="Earlier requests" requests={report.requests.slice(NEWEST)} />
      )}
    </div>
  );
}

/** As a visitor: a click that may start your session, two pages, and three clicks at once. */
async function makeTraffic(): Promise<void> {
  const click = () => fetch('/api/counter', { method: 'POST' });
  await click();
  for (const page of ['/name', '/account']) await fetch(page);
  await Promise.all([click(), click(), click()]);
}

async function fetchReport(stop: AbortSignal): Promise<TraceReport> {
  const signal = AbortSignal.any([stop, AbortSignal.timeout(PATIENCE_MS)]);
  const response = await fetch('/api/traces', { signal });
  if (!response.ok) throw new Error(`The server answered ${response.status}`);
  return response.json();
}
