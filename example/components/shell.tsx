import Link from 'next/link';
import type { ReactNode } from 'react';
import { Nav } from './nav';

/** The frame around every page, in both routers. */
export function Shell({ children }: { children: ReactNode }) {
  return (
    <div className="shell">
      <a className="skip" href="#content">
        Skip to content
      </a>
      <header className="top">
        {/* Not a plain link: WebKit and Firefox lead back from one that is clicked while router.refresh() is under way. */}
        <Link href="/" className="brand">
          next-app-session <span>by example</span>
        </Link>
      </header>
      <Nav />
      <main id="content" tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}
