import { NextResponse } from 'next/server';
import { sessions } from './lib/stores';

export async function proxy(request) {
  const response = NextResponse.next();
  await sessions.memory(request, response).touch();
  return response;
}

export const config = { matcher: '/memory' };
