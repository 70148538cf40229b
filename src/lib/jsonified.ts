/**
 * What a read gives back for a `T` that was written: a `Date` comes back as a string, an instance as an object of its own keys.
 * What cannot be stored is `never`.
 */
export type Jsonified<T> = T extends Scalar
  ? T
  : T extends Opaque
    ? never
    : T extends { toJSON(key: never): infer Made }
      ? Jsonified<Made>
      : T extends readonly unknown[]
        ? JsonifiedList<T>
        : T extends object
          ? { [K in keyof T as DataKey<T, K>]: Jsonified<T[K]> }
          : T extends bigint | symbol
            ? never
            : T;

/** What may be written where a `T` is expected: a `T`, or what a read has given back for it, at any depth. */
export type Storable<T> =
  | T
  | (T extends Scalar | Opaque | { toJSON(key: never): unknown }
      ? Jsonified<T>
      : T extends readonly unknown[]
        ? StorableList<T>
        : T extends object
          ? { [K in keyof T as DataKey<T, K>]: Storable<T[K]> }
          : T);

// Arrays apart from tuples: a mapped type of an array that holds itself has no end.
type JsonifiedList<T extends readonly unknown[]> = number extends T['length']
  ? Jsonified<T[number]>[]
  : { [I in keyof T]: Jsonified<T[I]> };

type StorableList<T extends readonly unknown[]> = number extends T['length']
  ? Storable<T[number]>[]
  : { [I in keyof T]: Storable<T[I]> };

type Scalar = string | number | boolean | null | undefined;

/** These throw at run time. Error is left out: many plain objects have a name and a message. */
type Opaque =
  | AnyFunction
  | ReadonlyMap<never, unknown>
  | ReadonlySet<unknown>
  | PromiseLike<unknown>
  | RegExp
  | ArrayBufferView;

type AnyFunction = (...args: never) => unknown;

/** The keys of data: methods are of the class, and JSON has no symbols. */
type DataKey<T, K extends keyof T> = K extends string | number
  ? NonNullable<T[K]> extends AnyFunction
    ? never
    : K
  : never;
