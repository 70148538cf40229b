import { after } from 'next/server';
import { runSteps } from '../../../lib/run-steps';

export async function POST(request) {
  const { before, later } = await request.json();
  const results = await runSteps({ steps: before });
  after(async () => {
    globalThis.afterResults = await runSteps({ steps: later });
  });
  return Response.json(results);
}

/** What the last after() did; null while it has not run. */
export async function GET() {
  const results = globalThis.afterResults ?? null;
  globalThis.afterResults = undefined;
  return Response.json(results);
}
