const ORIGIN = 'http://this-app.invalid';

/**
 * Where to go after signing in. The path comes from the address bar, so anyone can put anything there: only a
 * path on this site is followed (`//evil.example` and `/\evil.example` would lead to another one).
 */
export function safePath(path: unknown, fallback = '/account'): string {
  if (typeof path !== 'string' || !path.startsWith('/') || !URL.canParse(path, ORIGIN)) return fallback;
  const url = new URL(path, ORIGIN);
  const isHere = url.origin === ORIGIN && !url.pathname.startsWith('//');
  return isHere ? url.pathname + url.search : fallback;
}
