import { session } from '@/lib/session';

/** Begins a session for whoever has none. */
export async function GET() {
  await session().set('visits', 1);
  return new Response('Begun');
}
