/**
 * The time that a date in a record means, epoch milliseconds: `null` where there is none, NaN where it cannot be
 * read. Records are hostile: an object in its place may make `new Date` throw.
 */
export function recordTime(date: unknown): number | null {
  if (date === undefined || date === null) return null;
  if (typeof date !== 'string' && typeof date !== 'number' && !(date instanceof Date)) return Number.NaN;
  return new Date(date).getTime();
}

/** Whether a record's date has passed. One that is none, or cannot be read, is for the session to judge. */
export function hasExpired({ cookie }: { cookie?: { expires?: unknown } }, now: number): boolean {
  const expiresAt = recordTime(cookie?.expires);
  return expiresAt !== null && expiresAt <= now;
}
