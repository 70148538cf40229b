/**
 * Returns the time of a date in a record, epoch milliseconds: `null` for no date, NaN for one that cannot be read. Records
 * are hostile: an object in place of a date can make `new Date` throw.
 */
export function recordTime(date: unknown): number | null {
  if (date === undefined || date === null) return null;
  if (typeof date !== 'string' && typeof date !== 'number' && !(date instanceof Date)) return Number.NaN;
  return new Date(date).getTime();
}

/** Returns whether a value is a time in a record, or a span of time. JSON can hold a number that is not finite: 1e999. */
export function isTime(value: unknown): value is number {
  return Number.isFinite(value);
}

/** Returns whether the date of a record has passed; false for no date, and for one that cannot be read. */
export function hasExpired({ cookie }: { cookie?: { expires?: unknown } }, now: number): boolean {
  const expiresAt = recordTime(cookie?.expires);
  return expiresAt !== null && expiresAt <= now;
}
