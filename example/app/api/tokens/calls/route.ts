import { connection } from 'next/server';
import { countRenewals } from '@/lib/provider-calls';

/** Answers with how often the provider was asked to renew a token. */
export async function GET() {
  await connection();
  return Response.json({ renewals: await countRenewals() });
}
