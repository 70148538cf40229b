import { connection } from 'next/server';

/** How many refreshes this process has under way, and how often it has called `renew`. */
export async function GET() {
  await connection();
  return Response.json(globalThis.refreshes ?? { underWay: 0, renewals: 0 });
}
