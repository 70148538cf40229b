/**
 * How much larger than `maxBytes` a record may be to be read. So what was written under a larger limit, or without one, can
 * still be read and made smaller.
 */
const READ_FACTOR = 8;

/** More bytes than a value that is no text, array or object takes as JSON, with what separates it from the next. */
const SCALAR_BYTES = 27;

/** UTF-8 bytes of one UTF-16 unit in JSON, at most: a control character is written as six letters. */
const UNIT_BYTES = 6;

/** Returns the size above which a stored record is no session, in bytes. Undefined for no limit. */
export function largestRead(maxBytes: number | null): number | undefined {
  return maxBytes === null ? undefined : maxBytes * READ_FACTOR;
}

/** Returns a size that a store has told, if it can be one; undefined otherwise, as where none is told. */
export function toldSize(told: unknown): number | undefined {
  return Number.isSafeInteger(told) ? (told as number) : undefined;
}

/** Returns how many bytes a value takes as JSON, in UTF-8. */
export function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/**
 * Returns whether a value takes more bytes than that as JSON. Most are so small that nobody has to count exactly. What is no
 * JSON counts as larger.
 */
export function isLarger(value: unknown, bytes: number): boolean {
  if (leftOf(bytes, value) >= 0) return false;
  try {
    return jsonBytes(value) > bytes;
  } catch {
    return true;
  }
}

/** Returns what is left of a number of bytes after a value that takes as many as it may. */
function leftOf(bytes: number, value: unknown): number {
  if (typeof value === 'string') return bytes - value.length * UNIT_BYTES - SCALAR_BYTES;
  let left = bytes - SCALAR_BYTES;
  if (typeof value !== 'object' || value === null) return left;
  if (Array.isArray(value)) {
    for (const one of value) left = leftOf(left, one);
    return left;
  }
  for (const key of Object.keys(value)) {
    left = leftOf(left - key.length * UNIT_BYTES, (value as Record<string, unknown>)[key]);
  }
  return left;
}
