import { connection } from 'next/server';
import { takeCalls } from '../../../lib/counting-store';

export async function GET() {
  await connection();
  return Response.json(takeCalls());
}
