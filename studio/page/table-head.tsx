/** @jsxImportSource preact */

export interface Column {
  readonly title: string;
  /** How wide it is, and where there is room for it: classes of styles/tables.css. */
  readonly look: string;
}

/** The titles of the columns of a table. */
export function TableHead({ columns }: { readonly columns: readonly Column[] }) {
  return (
    <thead>
      <tr>
        {columns.map(({ title, look }) => (
          <th scope="col" key={title} class={look}>
            {title}
          </th>
        ))}
      </tr>
    </thead>
  );
}
