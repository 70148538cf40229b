import { connection } from 'next/server';

/** How many refreshes this process has under way. */
export async function GET() {
  await connection();
  return Response.json(globalThis.refreshes ?? { underWay: 0 });
}
