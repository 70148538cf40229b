import { auth } from '@/auth';
import { rows } from '@/lib/rows';

export async function POST(_request: Request, { params }: { params: Promise<{ row: string }> }) {
  const userId = (await auth())?.user?.id ?? '';
  const value = await rows[Number((await params).row)]?.({ userId });
  return Response.json({ value: value ?? null });
}
