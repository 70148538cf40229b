/** The values of a statement, by the names that its text has for them: `:id`. A list stands for its items. */
export type Values = Readonly<Record<string, string | number | null | readonly string[]>>;

/** A value as a driver takes it. */
export type SqlValue = string | number | null;

/** No name or key has a space, so none of them is in this list, and each is not in it. Some servers take an empty text for null. */
const NO_ITEMS = [' '];

/**
 * Returns the items with the last one again, until there are 1, 2, 4, 8, … of them. Each length makes another statement, and drivers
 * and servers keep each that they have met.
 */
export function padded<T>(items: readonly T[]): readonly T[] {
  const missing = items.length === 0 ? 0 : 2 ** Math.ceil(Math.log2(items.length)) - items.length;
  return [...items, ...items.slice(-1).flatMap((last) => Array<T>(missing).fill(last))];
}

/** How many texts are kept with their parts. */
const MAX_KNOWN = 100;

const partsOf = new Map<string, readonly string[]>();

/** Returns what is between the names of a text, and the names: every second part is one. */
function split(text: string): readonly string[] {
  const known = partsOf.get(text);
  if (known) return known;
  if (partsOf.size >= MAX_KNOWN) partsOf.clear();
  const parts = text.split(/:(\w+)/);
  partsOf.set(text, parts);
  return parts;
}

/**
 * Writes the placeholders of a dialect into a statement, and lines its values up with them. Values never become a part of the
 * text, whatever they hold.
 *
 * @param placeholder returns the placeholder of the value at a position, from 1.
 */
export function bind(
  text: string,
  values: Values,
  placeholder: (position: number) => string,
): [text: string, values: SqlValue[]] {
  const bound: SqlValue[] = [];
  const bindOne = (value: SqlValue) => placeholder(bound.push(value));
  const bindAny = (value: Values[string]) =>
    typeof value !== 'object' || value === null
      ? bindOne(value)
      : padded(value.length > 0 ? value : NO_ITEMS)
          .map(bindOne)
          .join(', ');
  let withPlaceholders = '';
  for (const [at, part] of split(text).entries())
    withPlaceholders += at % 2 === 0 ? part : bindAny(values[part] ?? null);
  return [withPlaceholders, bound];
}
