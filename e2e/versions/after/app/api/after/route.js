import { after } from 'next/server';
import { runSteps } from '../../../lib/run-steps';
import { session } from '../../../lib/session';

export async function POST(request) {
  const { before, later } = await request.json();
  const results = await runSteps(session, { steps: before });
  after(async () => {
    globalThis.afterResults = await runSteps(session, { steps: later });
  });
  return Response.json(results);
}

/** What the last after() did; null while it has not run. */
export async function GET() {
  const results = globalThis.afterResults ?? null;
  globalThis.afterResults = undefined;
  return Response.json(results);
}
