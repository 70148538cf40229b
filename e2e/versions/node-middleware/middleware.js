import { guard } from './lib/guard';

export const config = { matcher: '/guarded', runtime: 'nodejs' };

export function middleware(request) {
  return guard(request);
}
