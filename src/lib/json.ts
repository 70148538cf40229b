import { SessionError } from './errors.js';

/** Session data as it is held: plain JSON, treated as immutable. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Top-level names that hold something else in a record, or would reach an object's prototype. */
const RESERVED = new Set(['cookie', '__session', '__proto__']);

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isReserved(key: string): boolean {
  return RESERVED.has(key);
}

export function checkKey(key: unknown): asserts key is string {
  if (typeof key !== 'string') {
    throw new SessionError('ERR_SESSION_KEY', `A session key is a string; this one is ${typeof key}.`);
  }
  if (isReserved(key)) {
    throw new SessionError(
      'ERR_SESSION_KEY',
      `The session key "${key}" is reserved for the session's own record. Use another name.`,
    );
  }
}

/** A JSON copy of `value`: what the store will give back. `undefined` stays `undefined`: an absent key. */
export function jsonCopy(value: unknown): unknown {
  if (value === undefined || typeof value === 'string' || typeof value === 'boolean') return value;
  return JSON.parse(stringify(value));
}

/** A JSON copy of an object that becomes a session's whole data. */
export function jsonData(value: unknown): JsonObject {
  const object = isPlain(value) ? value : jsonCopy(value);
  if (!isObject(object)) throw notJson('it has to be an object of keys and values');
  const data: Record<string, unknown> = {};
  for (const key of Object.keys(object)) {
    checkKey(key);
    // Key by key: most values are text, which needs no copy.
    const copy = jsonCopy(object[key]);
    if (copy !== undefined) data[key] = copy;
  }
  return data;
}

/** Whether JSON takes an object by its own keys, and by nothing else. */
function isPlain(value: unknown): boolean {
  return isObject(value) && Object.getPrototypeOf(value) === Object.prototype && !('toJSON' in value);
}

/** A copy to hand out: changing it changes nothing stored. */
export function copyOut<T>(value: T): T {
  return typeof value === 'object' && value !== null ? structuredClone(value) : value;
}

/** The same of a session's data. */
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

/** JSON would leave these out, or make `{}` of them, without a word. */
function refuseLoss(_key: string, value: unknown): unknown {
  if (typeof value === 'function' || typeof value === 'symbol') throw notJson(`it holds a ${typeof value}`);
  if (value instanceof Map || value instanceof Set) throw notJson('it holds a Map or a Set');
  return value;
}

function notJson(why: string): SessionError {
  return new SessionError(
    'ERR_SESSION_DATA',
    `Session data must be JSON, and this is not: ${why}. Store plain values, such as a string for a BigInt or an ` +
      'array for a Set.',
  );
}
