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
        <a href="/" className="brand">
          next-app-session <span>by example</span>
        </a>
      </header>
      <Nav />
      <main id="content" tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}
