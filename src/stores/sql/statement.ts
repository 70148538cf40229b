/** The values of a statement, by the names that its text has for them: `:id`. A list stands for its items. */
export type Values = Readonly<Record<string, string | number | null | readonly string[]>>;

/** A value as a driver takes it. */
export type SqlValue = string | number | null;

/** No text of this store is empty, so none of them is in this list, and each is not in it. */
const NO_ITEMS = [''];

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
  const withPlaceholders = text.replaceAll(/:(\w+)/g, (_, name: string) => {
    const value = values[name] ?? null;
    const items = typeof value !== 'object' || value === null ? [value] : value.length > 0 ? value : NO_ITEMS;
    return items.map((item) => placeholder(bound.push(item))).join(', ');
  });
  return [withPlaceholders, bound];
}
