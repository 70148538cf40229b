import { NextResponse } from 'next/server.js';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { CookieAttributes } from '../options/cookie-attributes.js';
import { setCookieHeader } from './set-cookie-header.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const BASE = { path: '/', httpOnly: true, secure: false };

it.each<CookieAttributes>([
  BASE,
  { ...BASE, httpOnly: false, secure: true, sameSite: 'none', partitioned: true },
  { ...BASE, maxAge: 3600, sameSite: 'lax' },
  { ...BASE, maxAge: 0 },
  { ...BASE, maxAge: 3600, expires: new Date(1e12) },
  { ...BASE, expires: new Date(0) },
  { ...BASE, path: '/account', domain: 'example.com', priority: 'high', sameSite: 'strict' },
])('is the header that Next makes of %j', (attributes) => {
  const next = new NextResponse(null);
  next.cookies.set('sid', 's:an id.a+signature/=', attributes);
  expect([setCookieHeader('sid', 's:an id.a+signature/=', attributes)]).toEqual(next.headers.getSetCookie());
});
