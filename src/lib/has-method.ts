/** Returns a property of any value; undefined for what is no object. */
export function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/** Returns whether a value is an object with this method. */
export function hasMethod(value: unknown, method: string): boolean {
  return typeof property(value, method) === 'function';
}
