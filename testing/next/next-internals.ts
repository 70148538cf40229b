import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { SessionError } from '../../src/lib/errors.js';

// Next's modules need it when they load, and Jest's jsdom does not have it.
if (typeof Request === 'undefined') {
  throw new SessionError(
    'ERR_SESSION_TESTING',
    'next-app-session/testing needs Request, and the environment of this test does not have it. In Jest with jsdom, begin the ' +
      'test file with /** @jest-environment node */.',
  );
}

// Next's modules take this from globalThis when they load. Without it, they use a stand-in that never works.
Object.assign(globalThis, {
  AsyncLocalStorage: Reflect.get(globalThis, 'AsyncLocalStorage') ?? AsyncLocalStorage,
});

/**
 * Returns an export of one of Next's own modules.
 *
 * @throws ERR_SESSION_TESTING if this version of Next does not have it.
 */
export async function nextInternal<T>(path: string, name: string): Promise<T> {
  const found = await optionalNextInternal<T>(path, name);
  if (found === undefined) throw unsupported(`${path} has no ${name}`);
  return found;
}

/** Returns an export of one of Next's own modules, or undefined if this version of Next does not have it. */
export async function optionalNextInternal<T>(path: string, name: string): Promise<T | undefined> {
  const specifier = `next/dist/${path}`;
  try {
    const module = await import(
      /* @vite-ignore */ /* webpackIgnore: true */ /* turbopackIgnore: true */ specifier
    );
    return module[name] ?? module.default?.[name];
  } catch {
    return undefined;
  }
}

const METHODS = ['disable', 'getStore', 'run', 'exit', 'enterWith'] as const;

/** Returns one of Next's AsyncLocalStorages. */
export async function nextStorage(path: string, name: string): Promise<AsyncLocalStorage<unknown>> {
  return withRealStorage(await nextInternal<AsyncLocalStorage<unknown>>(path, name));
}

/** Returns the storage. If Next made it before AsyncLocalStorage was on globalThis, this makes it work. */
export function withRealStorage(storage: AsyncLocalStorage<unknown>): AsyncLocalStorage<unknown> {
  if (storage.constructor.name !== 'FakeAsyncLocalStorage' || Object.hasOwn(storage, 'run')) return storage;
  const real = new AsyncLocalStorage<unknown>();
  for (const method of METHODS) Object.assign(storage, { [method]: real[method].bind(real) });
  return storage;
}

/** Returns the error for a version of Next that differs from what the tester knows. */
export function unsupported(reason: string, cause?: unknown): SessionError {
  return new SessionError(
    'ERR_SESSION_TESTING',
    `The session tester cannot enter the request scope of Next ${nextVersion()}: ${reason}. It supports ` +
      '13.5 to 16. Until it knows this version, give createSessionTester { jar: mockCookies() }. Then ' +
      'session() works, but code that calls cookies() itself does not.',
    { cause },
  );
}

function nextVersion(): string {
  try {
    return createRequire(join(process.cwd(), 'package.json'))('next/package.json').version;
  } catch {
    return '(version unknown)';
  }
}
