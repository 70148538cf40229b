/** Where the files of the package's repository are read. */
const FILES = 'https://github.com/sweetscript/next-app-session/blob/main';

/** Pages of the package's docs, by title. */
export type Docs = Readonly<Record<string, string>>;

export function DocsLinks({ docs }: { docs: Docs }) {
  return (
    <p className="docs">
      In the docs:{' '}
      {Object.entries(docs).map(([title, file], index) => (
        <span key={file}>
          {index > 0 && ' · '}
          <a href={`${FILES}/${file}`}>{title}</a>
        </span>
      ))}
    </p>
  );
}
