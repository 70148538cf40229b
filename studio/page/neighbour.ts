/** Returns the row so many below the chosen one, or the first if none of them is chosen. */
export function neighbourOf<Row>(chosen: Row, rows: readonly Row[], by: number): Row {
  const at = rows.indexOf(chosen);
  if (at < 0) return rows[0] ?? chosen;
  return rows[Math.min(Math.max(at + by, 0), rows.length - 1)] ?? chosen;
}
