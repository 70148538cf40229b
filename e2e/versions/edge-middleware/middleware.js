import { NextResponse } from 'next/server';
import { session } from './lib/session';

export const config = { matcher: '/guarded' };

export async function middleware(request) {
  const response = NextResponse.next();
  try {
    await session(request, response).all();
  } catch (error) {
    response.headers.set('x-session', error.code);
  }
  return response;
}
