import { notFound } from 'next/navigation';
import { session } from '../../../lib/session';

export async function POST() {
  await session().set('n', 404);
  notFound();
}
