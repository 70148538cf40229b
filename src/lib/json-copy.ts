import { SessionError } from './errors.js';
import { checkKey, isObject, isOutOfStack, type JsonObject, MAX_DEPTH, tooDeep } from './json.js';
import { isPromiseLike } from './maybe-promise.js';
import { isPromise } from './native-promise.js';

/**
 * Returns a JSON copy of the value of a key, as the store will give it back. For undefined, an absent key, returns undefined.
 *
 * @throws ERR_SESSION_DATA with the path to what JSON would drop or change without a word.
 */
export function jsonCopy(value: unknown, key: string): unknown {
  return value === undefined ? undefined : copyAt(value, [key]);
}

/**
 * Returns a JSON copy of an object, to be the whole data of a session.
 *
 * @throws ERR_SESSION_DATA as `jsonCopy`, ERR_SESSION_KEY for a reserved key.
 */
export function jsonData(value: unknown): JsonObject {
  const data = copyAt(value, []);
  if (!isObject(data)) throw notStorable([], 'is not an object of keys and values');
  for (const key of Object.keys(data)) checkKey(key);
  return data;
}

/** The keys and indices that lead from the session's data to a value. */
type Path = (string | number)[];

function copyAt(value: unknown, path: Path): unknown {
  try {
    return new JsonCopier(path).copy(value);
  } catch (error) {
    if (SessionError.is(error)) throw error;
    // The copier leaves the path where it was when the error came.
    throw isOutOfStack(error)
      ? tooDeep()
      : notStorable(path, 'cannot be read: a getter, a Proxy or its toJSON() throws');
  }
}

/** Built-ins whose state is not in their keys, by the tag that they have in every realm. */
const OPAQUE = new Set(
  (
    'Map Set WeakMap WeakSet WeakRef RegExp Error DOMException Generator ArrayBuffer SharedArrayBuffer Blob File ' +
    'FormData Headers URLSearchParams Request Response ReadableStream WritableStream TransformStream AbortSignal CryptoKey'
  ).split(' '),
);

/** JSON has the primitive that is in the box. */
const BOXES = new Set(['Number', 'String', 'Boolean', 'BigInt', 'Symbol']);

/** Copies values as JSON.parse(JSON.stringify(value)) does, and throws where that would lose something. */
class JsonCopier {
  readonly #path: Path;
  /** The arrays and objects that hold the value which is being copied. */
  readonly #holders: object[] = [];

  constructor(path: Path) {
    this.#path = path;
  }

  copy(value: unknown): unknown {
    if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
    if (ArrayBuffer.isView(value)) return this.#refuse(opaque(tagOf(value)));
    return this.#copyPlain(hasToJson(value) ? this.#toJson(value) : value);
  }

  #toJson(value: ToJson): unknown {
    const json = value.toJSON(String(this.#path.at(-1) ?? ''));
    if (json === undefined) return this.#refuse('has a toJSON() that returns undefined');
    if (json === null && tagOf(value) === 'Date') return this.#refuse('is an invalid Date');
    return json;
  }

  /** Copies what has no `toJSON`, or has come from one. */
  #copyPlain(value: unknown): unknown {
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return value;
      case 'number':
        // JSON has no negative zero.
        return Number.isFinite(value) ? value + 0 : this.#refuse(`is ${value}`);
      case 'object':
        if (ArrayBuffer.isView(value)) return this.#refuse(opaque(tagOf(value)));
        return value && this.#copyHolder(value);
      case 'undefined':
        return this.#refuse('is undefined');
      case 'function':
        return this.#refuse('is a function', 'Call it, and store what it returns.');
      default:
        return this.#refuse(`is a ${typeof value}`);
    }
  }

  /** Keeps count of the levels, and of what refers to itself. */
  #copyHolder(holder: object): unknown {
    if (this.#holders.includes(holder)) return this.#refuse('refers to itself');
    if (this.#path.length > MAX_DEPTH) throw tooDeep();
    this.#holders.push(holder);
    const copy = Array.isArray(holder)
      ? this.#copyArray(holder)
      : this.#copyObject(holder as Readonly<Record<string, unknown>>);
    this.#holders.pop();
    return copy;
  }

  #copyArray(list: readonly unknown[]): unknown {
    const copy: unknown[] = [];
    for (let index = 0; index < list.length; index++) copy.push(this.#copyInner(index, list[index]));
    const extra = Object.keys(list)[list.length];
    if (extra !== undefined) this.#refuse('is an array with keys beside its items');
    this.#refuseSymbols(list);
    return copy;
  }

  #copyObject(object: Readonly<Record<string, unknown>>): unknown {
    // Of a query too: a database library may make it a plain object.
    if (isPromiseLike(object)) return this.#refuse(...unawaited(object));
    const keys = Object.keys(object);
    if (!isPlain(object)) {
      const tag = tagOf(object);
      if (BOXES.has(tag)) return this.#copyPlain(object.valueOf());
      if (OPAQUE.has(tag)) return this.#refuse(opaque(tag));
      if (keys.length === 0) return this.#refuse(...keyless(object));
    }
    this.#refuseSymbols(object);
    const copy: Record<string, unknown> = {};
    for (const key of keys) {
      const value = object[key];
      if (value === undefined) continue;
      const inner = this.#copyInner(key, value);
      if (key === '__proto__')
        Object.defineProperty(copy, key, {
          value: inner,
          enumerable: true,
          configurable: true,
          writable: true,
        });
      else copy[key] = inner;
    }
    return copy;
  }

  #copyInner(key: string | number, value: unknown): unknown {
    this.#path.push(key);
    const copy = this.copy(value);
    this.#path.pop();
    return copy;
  }

  #refuseSymbols(holder: object): void {
    for (const symbol of Object.getOwnPropertySymbols(holder)) {
      if (Object.prototype.propertyIsEnumerable.call(holder, symbol)) this.#refuse('has a symbol as a key');
    }
  }

  #refuse(why: string, fix?: string): never {
    throw notStorable(this.#path, why, fix);
  }
}

interface ToJson {
  toJSON(key: string): unknown;
}

/** Returns whether JSON takes a value by its own method. So it does a BigInt, if the app has given it one. */
function hasToJson(value: unknown): value is ToJson {
  return typeof (value as Partial<ToJson> | undefined)?.toJSON === 'function';
}

/** Returns whether an object has no class. Each realm has an `Object` of its own. */
function isPlain(object: object): boolean {
  const prototype = Object.getPrototypeOf(object);
  if (prototype === Object.prototype || prototype === null) return true;
  return Object.getPrototypeOf(prototype) === null && prototype.constructor?.name === 'Object';
}

/** Returns the name of a built-in, such as `Map`. */
function tagOf(value: object): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1);
}

/** What is wrong with a value, and how to mend it. */
type Refusal = [why: string, fix: string];

function unawaited(later: object): Refusal {
  const fix = 'Await it, and store the result.';
  if (!isPromise(later)) return ['has a then(), so it comes later: an await is missing', fix];
  // Its failure has no other listener. A query stays as it is: to listen would run it.
  later.catch(() => {});
  return ['is a Promise: an await is missing', fix];
}

/** The name of a class is of the code: it is no data. */
function keyless(object: object): Refusal {
  const { name } = Reflect.get(object, 'constructor') ?? {};
  const of = typeof name === 'string' && CLASS_NAME.test(name) && name !== 'Object' ? name : 'a class';
  return [
    `is an instance of ${of} without own properties`,
    'Store a plain object with what you need of it, such as { id: user.id }, or give the class a toJSON().',
  ];
}

const CLASS_NAME = /^[A-Z][A-Za-z]{0,40}\d{0,2}$/;

function opaque(tag: string): string {
  return `is of type ${tag}, which JSON cannot hold`;
}

/** A key that a programmer has written. Any other may be data, such as an e-mail address or a token. */
const NAME = /^[A-Za-z_$]{1,30}\d{0,2}$/;

/** Returns the path as code would have it: `items[3].price`. It shows no key that may be data. */
function show(path: Path): string {
  const steps = path.map((key) => {
    if (typeof key === 'number') return `[${key}]`;
    return NAME.test(key) ? `.${key}` : '["…"]';
  });
  return steps.join('').replace(/^\./, '') || 'the data';
}

const PLAIN_JSON =
  'Store plain JSON values, such as a string for a BigInt, an array for a Set, null for undefined in an array, or base64 ' +
  'text for bytes.';

function notStorable(path: Path, why: string, fix = PLAIN_JSON): SessionError {
  return new SessionError(
    'ERR_SESSION_DATA',
    `Session data cannot be stored: ${show(path)} ${why}. Nothing was written. ${fix}`,
  );
}
