import { rows } from '@/lib/rows';
import { session } from '@/lib/session';

export async function POST(_request: Request, { params }: { params: Promise<{ row: string }> }) {
  const userId = (await session().get('userId')) ?? '';
  const value = await rows[Number((await params).row)]?.({ userId });
  return Response.json({ value: value ?? null });
}
