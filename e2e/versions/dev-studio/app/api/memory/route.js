import { memorySession } from '../../../lib/memory-session';

export async function GET() {
  return Response.json(await memorySession().all());
}

export async function POST() {
  await memorySession().update((data) => ({ n: (data.n ?? 0) + 1 }));
  return Response.json(await memorySession().all());
}
