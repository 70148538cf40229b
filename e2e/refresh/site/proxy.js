import { NextResponse } from 'next/server';
import { outcome } from './lib/outcome';

export const config = { matcher: '/guarded' };

export async function proxy(request) {
  const response = NextResponse.next();
  const came = await outcome(Object.fromEntries(request.nextUrl.searchParams), request, response);
  response.headers.set('x-outcome', JSON.stringify(came));
  return response;
}
