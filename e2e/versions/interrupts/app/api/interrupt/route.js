import { forbidden, unauthorized } from 'next/navigation';
import { session } from '../../../lib/session';

export async function POST(request) {
  await session().set('n', 1);
  const { by } = await request.json();
  if (by === 'forbidden') forbidden();
  unauthorized();
}
