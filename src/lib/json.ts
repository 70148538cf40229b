import { SessionError } from './errors.js';
import { isPromiseLike } from './maybe-promise.js';

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

/** Returns the members of an array, and none of anything else. */
export function membersOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isReserved(key: string): boolean {
  return RESERVED.has(key);
}

/** Throws ERR_SESSION_KEY unless the key is a string. */
export function checkKeyType(key: unknown): asserts key is string {
  if (typeof key === 'string') return;
  throw new SessionError('ERR_SESSION_KEY', `A session key must be a string, not ${kindOf(key)}.`);
}

function kindOf(key: unknown): string {
  if (isPromiseLike(key)) return 'a Promise. Await it first';
  return isObject(key) ? 'an object. Use set(key, value), or setAll(data)' : typeof key;
}

/** Throws ERR_SESSION_KEY unless the key is a string that is not reserved. */
export function checkKey(key: unknown): asserts key is string {
  checkKeyType(key);
  if (isReserved(key)) {
    throw new SessionError('ERR_SESSION_KEY', `The session key "${key}" is reserved. Use another name.`);
  }
}

/** Returns whether a JSON value nests more levels than these. */
export function isTooDeep(value: unknown, levels = MAX_DEPTH): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  const inner: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  for (const one of inner) if (isTooDeep(one, levels - 1)) return true;
  return false;
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

/** Returns whether V8 ran out of stack. The realm of the error may be another one. */
export function isOutOfStack(error: unknown): boolean {
  try {
    return isObject(error) && error.name === 'RangeError' && String(error.message).includes('call stack');
  } catch {
    // What was thrown does not even let itself be read.
    return false;
  }
}

export function tooDeep(): SessionError {
  return new SessionError(
    'ERR_SESSION_DATA',
    `Session data nests too deep: more than ${MAX_DEPTH} levels of arrays and objects. Nothing was written. Store it ` +
      'flat, for example a tree as a list of nodes.',
  );
}
