/** Runs a function at once. Returns its result, or what it threw, for a caller who may only throw later. */
export function attempt<T>(run: () => T): [T] | [undefined, unknown] {
  try {
    return [run()];
  } catch (error) {
    return [undefined, error];
  }
}
