import { guard } from './lib/guard';

export const config = { matcher: '/guarded' };

export function proxy(request) {
  return guard(request);
}
