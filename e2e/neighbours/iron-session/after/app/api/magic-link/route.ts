import { makeToken } from '@/lib/magic-link';

/** Would send a mail. */
export async function POST(request: Request) {
  const { email } = await request.json();
  return Response.json({ value: `/sign-in/by-link?token=${makeToken(email)}` });
}
