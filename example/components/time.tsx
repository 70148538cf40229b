/** A time in UTC, so that server and browser render the same text. With `clock` the time of day alone, to the second. */
export function Time({ value, clock = false }: { value: number; clock?: boolean }) {
  const iso = new Date(value).toISOString();
  const text = clock ? iso.slice(11, 19) : `${iso.slice(0, 10)} ${iso.slice(11, 16)}`;
  return <time dateTime={iso}>{`${text} UTC`}</time>;
}
