/** A chain of causes may have no end. */
const MAX_CAUSES = 10;

/** Returns an error and its causes, from the outermost to the innermost. Reading a hostile one may throw. */
export function* causesOf(error: unknown): Generator<unknown> {
  let one = error;
  for (let depth = 0; one !== undefined && depth < MAX_CAUSES; depth++) {
    yield one;
    one = one instanceof Error ? one.cause : undefined;
  }
}
