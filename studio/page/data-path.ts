/** Where a value is in the data of a session: keys, and positions in arrays. */
export type DataPath = readonly string[];

/** Returns a path in words: `cart.items.0`. A key that would be misread stands in brackets: `cart["a.b"]`. */
export function pathText(path: DataPath): string {
  return path
    .map((key) => (/^[^\s."[\]]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`))
    .join('')
    .replace(/^\./, '');
}

/**
 * Returns the data with another value in one place.
 *
 * @param change the value; undefined to leave the place out. An array takes it at its end too.
 */
export function changeAt(data: unknown, [key, ...rest]: DataPath, change: unknown): unknown {
  if (key === undefined) return change;
  const isLeftOut = rest.length === 0 && change === undefined;
  if (Array.isArray(data)) {
    const at = Number(key);
    return isLeftOut ? data.toSpliced(at, 1) : data.toSpliced(at, 1, changeAt(data[at], rest, change));
  }
  const entries = new Map<string, unknown>(Object.entries(data as object));
  if (isLeftOut) entries.delete(key);
  else entries.set(key, changeAt(entries.get(key), rest, change));
  return Object.fromEntries(entries);
}
