import type { ReactNode } from 'react';

type SampleProps = { file: string; code: string; children: ReactNode };

/** An excerpt of one of this example's files. The tests hold it to the file. */
export function Sample({ file, code, children }: SampleProps) {
  return (
    <div className="sample">
      <p className="says">{children}</p>
      <figure>
        <figcaption>{file}</figcaption>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways, so the keyboard has to reach it */}
        <section tabIndex={0} aria-label={`Code of ${file}`} className="code">
          <pre>{highlight(dedent(code))}</pre>
        </section>
      </figure>
    </div>
  );
}

function dedent(code: string): string {
  const indent = code.match(/^ */)?.[0] ?? '';
  return code.replaceAll(new RegExp(`^${indent}`, 'gm'), '');
}

const TOKEN =
  /(?<comment>\/\/.*|\/\*.*\*\/)|(?<string>'[^'\n]*')|\b(?<keyword>import|from|export|default|async|await|function|return|const|let|if|type|new)\b/g;

function highlight(code: string): ReactNode[] {
  const parts: ReactNode[] = [];
  let end = 0;
  for (const match of code.matchAll(TOKEN)) {
    const kind = Object.entries(match.groups ?? {}).find(([, text]) => text !== undefined)?.[0];
    parts.push(
      code.slice(end, match.index),
      <span key={match.index} className={kind}>
        {match[0]}
      </span>,
    );
    end = match.index + match[0].length;
  }
  return [...parts, code.slice(end)];
}
