import { SessionError } from './errors.js';

/** Session data in memory: plain JSON, treated as immutable. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Reserved keys. Records hold other things under them, or they would reach an object's prototype. */
const RESERVED = new Set(['cookie', '__session', '__proto__']);

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isReserved(key: string): boolean {
  return RESERVED.has(key);
}

/** Throws ERR_SESSION_KEY unless the key is a string that is not reserved. */
export function checkKey(key: unknown): asserts key is string {
  if (typeof key !== 'string') {
    throw new SessionError('ERR_SESSION_KEY', `A session key must be a string, not ${typeof key}.`);
  }
  if (isReserved(key)) {
    throw new SessionError('ERR_SESSION_KEY', `The session key "${key}" is reserved. Use another name.`);
  }
}

/** Returns a JSON copy, as the store will give it back. For undefined, an absent key, returns undefined. */
export function jsonCopy(value: unknown): unknown {
  if (value === undefined || typeof value === 'string' || typeof value === 'boolean') return value;
  return JSON.parse(stringify(value));
}

/** Returns a JSON copy of an object, to be the whole data of a session. */
export function jsonData(value: unknown): JsonObject {
  const object = isPlain(value) ? value : jsonCopy(value);
  if (!isObject(object)) throw notJson('it is not an object of keys and values');
  const data: Record<string, unknown> = {};
  for (const key of Object.keys(object)) {
    checkKey(key);
    // Copies key by key, because most values are strings, which need no copy.
    const copy = jsonCopy(object[key]);
    if (copy !== undefined) data[key] = copy;
  }
  return data;
}

/** Returns whether JSON stores an object by its own keys only: it has no class and no toJSON(). */
function isPlain(value: unknown): boolean {
  return isObject(value) && Object.getPrototypeOf(value) === Object.prototype && !('toJSON' in value);
}

/** Returns a copy for the app. Changing the copy changes nothing in the session. */
export function copyOut<T>(value: T): T {
  return typeof value === 'object' && value !== null ? structuredClone(value) : value;
}

/** Returns a copy of a session's data for the app. */
export function copyData(data: JsonObject): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(data)) copy[key] = copyOut(data[key]);
  return copy;
}

function stringify(value: unknown): string {
  try {
    return JSON.stringify(value, refuseLoss);
  } catch (error) {
    if (SessionError.is(error)) throw error;
    throw notJson('it holds a BigInt, refers to itself, or its toJSON() throws');
  }
}

/** Throws for values that JSON would silently leave out or turn into `{}`. */
function refuseLoss(_key: string, value: unknown): unknown {
  if (typeof value === 'function' || typeof value === 'symbol') throw notJson(`it holds a ${typeof value}`);
  if (value instanceof Map || value instanceof Set) throw notJson('it holds a Map or a Set');
  return value;
}

function notJson(why: string): SessionError {
  return new SessionError(
    'ERR_SESSION_DATA',
    `Session data cannot be stored: ${why}. Store plain JSON values, such as a string for a BigInt or an ` +
      'array for a Set.',
  );
}
