import { sealData, unsealData } from 'iron-session';
import { redirect } from 'next/navigation';
import { getSession } from '@/lib/get-session';
import { sessionOptions } from '@/lib/session';

const { password } = sessionOptions;

/** Would send a mail. */
export async function POST(request: Request) {
  const { email } = await request.json();
  const seal = await sealData({ email }, { password, ttl: 15 * 60 });
  return Response.json({ value: `/api/magic-link?token=${seal}` });
}

export async function GET(request: Request) {
  const seal = new URL(request.url).searchParams.get('token') ?? '';
  const { email } = await unsealData<{ email?: string }>(seal, { password });
  if (!email) return new Response('This link is too old.', { status: 403 });
  const session = await getSession();
  session.user = email;
  await session.save();
  redirect('/cart');
}
