import { outcome } from '../../../lib/outcome';

export async function GET({ nextUrl }) {
  return Response.json(await outcome(Object.fromEntries(nextUrl.searchParams)));
}
