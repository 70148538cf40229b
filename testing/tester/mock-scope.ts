import type { NextScope } from '../next/next-scope.js';
import type { MockCookies } from './mock-cookies.js';

/** Returns a request scope that has a cookie jar and nothing else. */
export function mockScope(jar: MockCookies): NextScope {
  return {
    run: (code) => code(),
    appendCookies: (headers) => {
      const cookies = jar.setCookies();
      for (const cookie of cookies) headers.append('set-cookie', cookie);
      return cookies.length > 0;
    },
    revalidated: () => [],
    close: async () => {},
  };
}
