import { mails } from '@/lib/mails';

export async function GET(request: Request) {
  const to = new URL(request.url).searchParams.get('to') ?? '';
  return Response.json({ value: mails.get(to) });
}
