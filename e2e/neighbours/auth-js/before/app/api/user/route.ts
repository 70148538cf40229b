import { auth } from '@/auth';

export async function GET() {
  return Response.json({ value: (await auth())?.user?.id ?? null });
}
