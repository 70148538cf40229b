import { isCrossOrigin } from '@/lib/cross-origin';
import { session } from '@/lib/session';

export async function GET() {
  return Response.json({ count: (await session().get('count')) ?? 0 });
}

export async function POST(request: Request) {
  if (isCrossOrigin(request)) return new Response(null, { status: 403 });
  // Atomic: if another request writes meanwhile, this runs again on its data.
  await session().update((data) => {
    data.count = (data.count ?? 0) + 1;
  });
  return Response.json({ count: await session().get('count') });
}

export async function DELETE(request: Request) {
  if (isCrossOrigin(request)) return new Response(null, { status: 403 });
  await session().destroy('count');
  return Response.json({ count: 0 });
}
