import { redirect } from 'next/navigation';
import { session } from '../../../lib/session';

export async function POST() {
  await session().set('redirected', true);
  redirect('/');
}
