/** What a text that the user typed is. */
type TypedValue =
  | { readonly is: 'value'; readonly value: unknown }
  | { readonly is: 'wrong'; readonly why: string };

/** @param isWhole whether it becomes all of a session's data, which is an object. */
export function valueIn(text: string, isWhole: boolean): TypedValue {
  let value: unknown;
  let isTooLarge = false;
  try {
    value = JSON.parse(text, (_, inner) => {
      // A number such as 1e999 is read as Infinity, which JSON cannot say: it would be saved as null.
      if (inner === Number.POSITIVE_INFINITY || inner === Number.NEGATIVE_INFINITY) isTooLarge = true;
      return inner;
    });
  } catch {
    return { is: 'wrong', why: 'This is not JSON. A text stands in double quotes.' };
  }
  if (isTooLarge) return { is: 'wrong', why: 'This number is too large.' };
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (isWhole && !isObject) return { is: 'wrong', why: 'The data of a session is an object: { … }.' };
  return { is: 'value', value };
}
