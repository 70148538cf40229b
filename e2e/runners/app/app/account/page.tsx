import { redirect } from 'next/navigation';
import { session } from '@/lib/session';

export default async function Page() {
  const user = await session().get('user');
  if (!user) redirect('/sign-in');
  return <p>{`Hello ${user}`}</p>;
}
