import { connection } from 'next/server';
import { recentSpans } from '@/lib/recent-spans';
import { reportTraces } from '@/lib/trace-report';

/** What the page asks for again and again. It holds no ID and no data: see lib/recent-spans.ts. */
export async function GET() {
  await connection();
  const { requests, calls } = recentSpans();
  return Response.json(reportTraces(requests, calls));
}
