import { session } from '../../../lib/session';

/** Step 3: what the page wrote while it rendered. */
export async function POST() {
  await session().update((data) => ({ ...data, visits: (data.visits ?? 0) + 1 }));
  return new Response(null, { status: 204 });
}
