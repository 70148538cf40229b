import type { Metadata } from 'next';
import { connection } from 'next/server';
import { Page } from '@/components/page';
import { Sample } from '@/components/sample';
import { recentSpans } from '@/lib/recent-spans';
import { reportTraces } from '@/lib/trace-report';
import { samples } from '@/samples';
import '@/styles/outcome.css';
import '@/styles/traces.css';
import { LiveTraces } from './live-traces';

export const metadata: Metadata = { title: 'Traces' };

export default async function TracesPage() {
  await connection();
  const { requests, calls } = recentSpans();
  return (
    <Page
      title="Traces"
      where="OpenTelemetry"
      lead="Every call of the session store is a span: below Next’s, above the driver’s. Use the other parts in a second tab, or make traffic."
      docs={{ Telemetry: 'docs/telemetry.md' }}
    >
      <LiveTraces initial={reportTraces(requests, calls)} />
      <div className="samples">
        <Sample {...samples.instrumentation}>
          Next runs this once. Any OpenTelemetry SDK will do; this one keeps the last spans in memory.
        </Sample>
        <Sample {...samples.tracing}>
          The session has no option for it. With Redis or PostgreSQL, the driver’s own instrumentation adds
          its spans below.
        </Sample>
      </div>
    </Page>
  );
}
