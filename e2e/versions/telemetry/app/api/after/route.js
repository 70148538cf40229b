import { after } from 'next/server';
import { session } from '../../../lib/session';

export function POST() {
  after(() => session().set('after', true));
  return new Response('ok');
}
