import { redirect } from 'next/navigation';
import { session } from '@/lib/session';

/** What docs/protect.md warns of. */
export async function GET() {
  await session().destroy();
  redirect('/');
}
