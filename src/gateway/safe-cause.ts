/**
 * Returns a copy of a store's error that is safe to show as `cause`.
 *
 * Drivers put commands and file names into their errors, and Next logs a cause with all its properties. So the copy has only
 * name, code, message and stack, without the keys of the call. The message of a JSON parser quotes data, so it is replaced. What
 * is thrown may be anything, and reading it may throw again.
 */
export function safeCause(error: unknown, ...keys: readonly string[]): Error {
  try {
    if (error instanceof Error) return copyOf(error, keys);
  } catch {
    // A getter that throws, a stack that is no text, a revoked Proxy.
  }
  return new Error('The store threw no Error.');
}

function copyOf(error: Error, keys: readonly string[]): Error {
  const clean = (text: string) => keys.reduce((left, key) => left.replaceAll(key, '[session]'), text);
  const message =
    error instanceof SyntaxError ? 'The stored record could not be parsed.' : clean(error.message);
  const frames = error.stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? [];
  const safe: Error = Object.create(Object.getPrototypeOf(error));
  const keep = (name: string, value: unknown) =>
    Object.defineProperty(safe, name, { value, configurable: true, writable: true });
  keep('name', error.name);
  keep('message', message);
  keep('stack', clean([`${error.name}: ${message}`, ...frames].join('\n')));
  if ('code' in error && typeof error.code === 'string') keep('code', error.code);
  return safe;
}
