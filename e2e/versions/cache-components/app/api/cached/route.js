import { connection } from 'next/server';
import { session } from '../../../lib/session';

async function cached() {
  'use cache';
  return session().get('n');
}

export async function GET() {
  await connection();
  const message = await cached().catch((error) => error.message);
  return Response.json({ message });
}
