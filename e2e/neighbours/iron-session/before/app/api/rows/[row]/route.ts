import { getSession } from '@/lib/get-session';
import { rows } from '@/lib/rows';

export async function POST(_request: Request, { params }: { params: Promise<{ row: string }> }) {
  const value = await rows[Number((await params).row)]?.({ session: await getSession() });
  return Response.json({ value: value ?? null });
}
