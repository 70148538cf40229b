import { cookies } from 'next/headers';

export async function GET() {
  return Response.json({ value: (await cookies()).get('sid')?.value ?? null });
}
