/** @jsxImportSource preact */

/** A view of the page. */
interface Tab<Name extends string> {
  readonly name: Name;
  readonly title: string;
  /** What must be seen from every view. */
  readonly badge?: string;
}

interface Props<Name extends string> {
  readonly tabs: readonly Tab<Name>[];
  readonly current: Name;
  readonly onChoose: (name: Name) => void;
}

/** The views of the page. The number of a view is its key. */
export function Tabs<Name extends string>({ tabs, current, onChoose }: Props<Name>) {
  return (
    <nav aria-label="Views">
      {tabs.map(({ name, title, badge }) => (
        <button
          key={name}
          type="button"
          aria-current={name === current ? 'page' : undefined}
          onClick={() => onChoose(name)}
        >
          {title}
          {badge && <span class="badge"> {badge}</span>}
        </button>
      ))}
    </nav>
  );
}
