import { setTimeout as sleep } from 'node:timers/promises';
import { isCrossOrigin } from '@/lib/cross-origin';
import { session } from '@/lib/session';

/** Counts as nobody should: see app/counter. */
export async function POST(request: Request) {
  if (isCrossOrigin(request)) return new Response(null, { status: 403 });
  const count = (await session().get('naiveCount')) ?? 0;
  await sleep(20); // as long as a query of a database
  await session().set('naiveCount', count + 1);
  return Response.json({ count: count + 1 });
}

export async function DELETE(request: Request) {
  if (isCrossOrigin(request)) return new Response(null, { status: 403 });
  await session().set('naiveCount', 0);
  return Response.json({ count: 0 });
}
