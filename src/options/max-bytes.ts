import { invalidOption } from './invalid-option.js';

const MIB = 2 ** 20;
const MIN_BYTES = 1024;
/** No text of Node can be larger. */
const MAX_BYTES = 2 ** 29;

/** Returns the `maxBytes` option with its default; null for no limit. */
export function resolveMaxBytes(value: unknown = MIB): number | null {
  if (value === null) return null;
  const isWhole = typeof value === 'number' && Number.isInteger(value);
  if (isWhole && value >= MIN_BYTES && value <= MAX_BYTES) return value;
  throw invalidOption(
    'maxBytes',
    `give a whole number of bytes from ${MIN_BYTES} to ${MAX_BYTES}, or null for no limit`,
  );
}
