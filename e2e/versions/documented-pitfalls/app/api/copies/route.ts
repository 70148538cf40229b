import { count } from '@/lib/copies';

export function POST() {
  return Response.json(count());
}
