import { SessionError } from './errors.js';

/** Session data in memory: plain JSON, treated as immutable. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * How many levels the data of a session may nest. V8 reads JSON of any depth, and runs out of stack at some 2,000 levels when it
 * writes or clones it, or sooner where little of the stack is left.
 */
export const MAX_DEPTH = 500;

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
  const copy: unknown = JSON.parse(stringify(value));
  if (isTooDeep(copy)) throw tooDeep();
  return copy;
}

/** Returns whether a JSON value nests more levels than these. */
export function isTooDeep(value: unknown, levels = MAX_DEPTH): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  const inner: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  for (const one of inner) if (isTooDeep(one, levels - 1)) return true;
  return false;
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
    if (isOutOfStack(error)) throw tooDeep();
    throw notJson('it holds a BigInt, refers to itself, or its toJSON() throws');
  }
}

/** Throws for values that JSON would silently leave out or turn into `{}`. */
function refuseLoss(_key: string, value: unknown): unknown {
  if (typeof value === 'function' || typeof value === 'symbol') throw notJson(`it holds a ${typeof value}`);
  if (value instanceof Map || value instanceof Set) throw notJson('it holds a Map or a Set');
  return value;
}

/** Returns whether V8 ran out of stack. The realm of the error may be another one. */
export function isOutOfStack(error: unknown): boolean {
  return isObject(error) && error.name === 'RangeError' && String(error.message).includes('call stack');
}

export function tooDeep(): SessionError {
  return new SessionError(
    'ERR_SESSION_DATA',
    `Session data nests too deep: more than ${MAX_DEPTH} levels of arrays and objects. Nothing was written. Store it ` +
      'flat, for example a tree as a list of nodes.',
  );
}

function notJson(why: string): SessionError {
  return new SessionError(
    'ERR_SESSION_DATA',
    `Session data cannot be stored: ${why}. Store plain JSON values, such as a string for a BigInt or an ` +
      'array for a Set.',
  );
}
