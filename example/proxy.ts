import { type NextRequest, NextResponse } from 'next/server';
import { session } from '@/lib/session';

export const config = { matcher: '/account/:path*' };

export async function proxy(request: NextRequest) {
  const response = NextResponse.next();
  const handle = session(request, response);
  if (await handle.has('user')) {
    // Whoever keeps coming back stays signed in: session and cookie last longer.
    await handle.touch();
    return response;
  }
  // A Server Action checks by itself, and its redirect works. One from here would not.
  if (request.headers.has('next-action')) return response;
  const signIn = new URL('/sign-in', request.url);
  signIn.searchParams.set('from', request.nextUrl.pathname);
  return NextResponse.redirect(signIn);
}
