/** Returns a duration as a person reads it. */
export function duration(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(2)} s`;
  return `${ms >= 100 ? Math.round(ms) : ms.toFixed(ms >= 10 ? 1 : 2)} ms`;
}

export function bytes(count: number): string {
  return count < 1000 ? `${count} B` : `${(count / 1000).toFixed(1)} kB`;
}

export function seconds(count: number): string {
  const units = [
    [86_400, 'd', 3600],
    [3600, 'h', 60],
    [60, 'min', 1],
  ] as const;
  // Rounded in the unit below: what is almost two hours is "2 h", as two hours are, and not "120 min".
  const isLong = ([size, , below]: (typeof units)[number]) => Math.round(count / below) * below >= 2 * size;
  const [size, unit] = units.find(isLong) ?? [1, 's'];
  return `${Math.round(count / size)} ${unit}`;
}

/** Returns when something was or will be: `2 min ago`, `in 24 h`. @param now epoch milliseconds, as `at`. */
export function relativeTime(at: number, now: number): string {
  return at > now ? `in ${seconds((at - now) / 1000)}` : `${seconds((now - at) / 1000)} ago`;
}

export function clockTime(at: number): string {
  return new Date(at).toLocaleTimeString(undefined, { hour12: false });
}

export function exactTime(at: number): string {
  return new Date(at).toLocaleString(undefined, { hour12: false });
}

/** Returns a text that fits in a line or two. */
export function shortened(text: string): string {
  const letters = [...text.slice(0, 2 * MAX_LETTERS)];
  return text.length <= MAX_LETTERS
    ? text
    : `${letters.slice(0, MAX_LETTERS).join('')} … (${text.length} letters)`;
}

const MAX_LETTERS = 200;
