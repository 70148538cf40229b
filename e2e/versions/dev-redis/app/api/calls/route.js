import { saved, session } from '../../../lib/session';

export async function GET() {
  return Response.json({ n: await session().get('n'), saved });
}

export async function POST() {
  await session().update((data) => ({ n: (data.n ?? 0) + 1 }));
  return Response.json({ n: await session().get('n'), saved });
}
