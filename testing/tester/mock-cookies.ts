import type { cookies } from 'next/headers.js';
import { NextRequest, NextResponse } from 'next/server.js';
import { checkName, checkTestOptions } from '../store/misuse.js';

/** A cookie jar like the one of `await cookies()`, with a method that shows what was set. */
export type MockCookies = Awaited<ReturnType<typeof cookies>> & {
  /** Returns the Set-Cookie headers of the cookies that were set or deleted. */
  setCookies(): string[];
};

/** Options of `mockCookies`. */
export interface MockCookiesOptions {
  /**
   * Where the jar is used. `action`: in a Server Action or Route Handler, where cookies can be set. `render`:
   * in a Server Component, where setting one throws.
   * @default 'action'
   */
  readonly phase?: 'action' | 'render' | undefined;
}

const READ_ONLY =
  'Cookies can only be modified in a Server Action or Route Handler. Read more: ' +
  'https://nextjs.org/docs/app/api-reference/functions/cookies#options';

/**
 * Makes a cookie jar that behaves like the one of `await cookies()`, for code that takes a jar as an
 * argument. It uses Next's own `NextRequest` and `NextResponse`, so it parses and serialises as this version
 * of Next does.
 *
 * @param initial the cookies of the browser: by name, or as a Cookie header. @default none
 * @example
 * const jar = mockCookies({ theme: 'dark' });
 * jar.set('theme', 'light', { maxAge: 60 });
 * jar.setCookies(); // ['theme=light; Path=/; Expires=…; Max-Age=60']
 */
export function mockCookies(
  initial: string | Readonly<Record<string, string>> = {},
  options: MockCookiesOptions = {},
): MockCookies {
  checkTestOptions('mockCookies', options, ['phase']);
  const { phase = 'action' } = options;
  checkName('mockCookies option phase:', phase, ['action', 'render']);
  const request = new NextRequest('http://localhost', { headers: { cookie: toHeader(initial) } });
  if (phase === 'action') return mutableJar(request);
  const jar = readOnlyJar(request);
  readOnlyJars.add(jar);
  return jar;
}

const readOnlyJars = new WeakSet<object>();

/** Whether setting a cookie throws, as in a Server Component. */
export function isReadOnly(jar: MockCookies): boolean {
  return readOnlyJars.has(jar);
}

function readOnlyJar({ cookies }: NextRequest): MockCookies {
  const refuse = () => {
    throw new Error(READ_ONLY);
  };
  return proxyOf(cookies, { set: refuse, delete: refuse, clear: refuse, setCookies: () => [] });
}

/** Uses the cookies of a response, as Next does in a handler. So it has no `size` and is not iterable. */
function mutableJar(request: NextRequest): MockCookies {
  const { cookies } = new NextResponse();
  for (const cookie of request.cookies.getAll()) cookies.set(cookie);
  const changed = new Set<string>();
  const changing =
    (method: 'set' | 'delete') =>
    (...args: [string | { name: string }]) => {
      const [first] = args;
      changed.add(typeof first === 'string' ? first : first.name);
      Reflect.apply(cookies[method], cookies, args);
      return jar;
    };
  const jar: MockCookies = proxyOf(cookies, {
    set: changing('set'),
    delete: changing('delete'),
    setCookies: () =>
      cookies
        .getAll()
        .filter(({ name }) => changed.has(name))
        .flatMap((cookie) => {
          const response = new NextResponse();
          response.cookies.set(cookie);
          return response.headers.getSetCookie();
        }),
  });
  return jar;
}

/** Returns `target` with some methods replaced. */
function proxyOf(target: object, replaced: Record<string, unknown>): MockCookies {
  return new Proxy(target, {
    get: (_, property) => {
      if (typeof property === 'string' && Object.hasOwn(replaced, property)) return replaced[property];
      const value = Reflect.get(target, property);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  }) as MockCookies;
}

function toHeader(initial: string | Readonly<Record<string, string>>): string {
  if (typeof initial === 'string') return initial;
  return Object.entries(initial)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('; ');
}
