/**
 * What of a store's error is safe to show as `cause`. Drivers put commands and file names into their errors, and
 * Next logs a cause with all its properties: so name, code, message and stack are kept, without the session's key,
 * and nothing else. A JSON parser quotes the data that it stumbled over: its message is replaced.
 */
export function safeCause(error: unknown, key?: string): Error {
  if (!(error instanceof Error)) return new Error('The store threw something that is no Error.');
  const clean = (text: string) => (key ? text.replaceAll(key, '[session]') : text);
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
