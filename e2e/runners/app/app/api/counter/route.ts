import { session } from '@/lib/session';

export async function POST() {
  await session().update((data) => {
    data.n = (data.n ?? 0) + 1;
  });
  return Response.json({ n: await session().get('n') });
}
