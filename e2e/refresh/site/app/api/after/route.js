import { after } from 'next/server';
import { outcome } from '../../../lib/outcome';
import { session } from '../../../lib/session';

export function POST() {
  after(async () => session().set('afterwards', await outcome()));
  return new Response('answered');
}
