/**
 * The time that a date in a record means, epoch milliseconds: `null` where there is none, NaN where it cannot be
 * read. Records are hostile: an object in its place may make `new Date` throw.
 */
export function recordTime(date: unknown): number | null {
  if (date === undefined || date === null) return null;
  if (typeof date !== 'string' && typeof date !== 'number' && !(date instanceof Date)) return Number.NaN;
  return new Date(date).getTime();
}
