/** The rows of a table of RESULTS.md by their first cell, each cell by its column. */
export declare function table(
  page: string,
  heading: string,
  title?: string,
): Record<string, Record<string, string>>;
