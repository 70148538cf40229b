/** A time in UTC, so that server and browser render the same text. */
export function Time({ value }: { value: number }) {
  const iso = new Date(value).toISOString();
  return <time dateTime={iso}>{`${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`}</time>;
}
