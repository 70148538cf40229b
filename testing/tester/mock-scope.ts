import { NextResponse } from 'next/server.js';
import type { NextScope, Phase } from '../next/next-scope.js';
import { withOverrides } from '../store/with-overrides.js';
import { isReadOnly, type MockCookies, mockCookies } from './mock-cookies.js';

/**
 * Returns a request scope that has a cookie jar and nothing else. As in Next, each request has a jar of its own, with
 * the cookies of its header, and a Server Component cannot set one. What a request sets is in the given jar too.
 */
export function mockScope(given: MockCookies, cookie: string, phase: Phase): NextScope {
  const jar = mockCookies(cookie, {
    phase: phase === 'component' || isReadOnly(given) ? 'render' : 'action',
  });
  return {
    run: (code) => withOverrides({ jar }, code),
    appendCookies: (headers) => {
      const cookies = jar.setCookies();
      for (const cookie of cookies) {
        headers.append('set-cookie', cookie);
        setIn(given, cookie);
      }
      return cookies.length > 0;
    },
    revalidated: () => [],
    close: async () => {},
  };
}

function setIn(jar: MockCookies, header: string): void {
  const response = new NextResponse(null, { headers: { 'set-cookie': header } });
  for (const cookie of response.cookies.getAll()) jar.set(cookie);
}
