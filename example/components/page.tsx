import type { ReactNode } from 'react';
import { type Docs, DocsLinks } from './docs-links';

type PageProps = { title: string; where: string; lead: string; docs?: Docs; children: ReactNode };

/** One part of the example: a `demo`, the session beside it, and the `samples` of code that do it. */
export function Page({ title, where, lead, docs, children }: PageProps) {
  return (
    <div className="page">
      <header className="intro">
        <p className="where">{where}</p>
        <h1>{title}</h1>
        <p className="lead">{lead}</p>
        {docs && <DocsLinks docs={docs} />}
      </header>
      {children}
    </div>
  );
}
