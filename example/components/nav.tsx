'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { parts } from '@/parts';

export function Nav() {
  const pathname = usePathname();
  return (
    <nav aria-label="Parts" className="nav">
      <ul>
        {[{ href: '/', title: 'Overview' } as const, ...parts].map((part) => (
          <li key={part.href}>
            <PartLink {...part} current={part.href === pathname} />
          </li>
        ))}
      </ul>
    </nav>
  );
}

type PartLinkProps = { href: string; title: string; prefetch?: false; current?: boolean };

/** A page that writes or redirects must not be fetched before somebody goes there. */
export function PartLink({ href, title, prefetch, current = false }: PartLinkProps) {
  return (
    <Link href={href} prefetch={prefetch ?? null} aria-current={current ? 'page' : undefined}>
      {title}
    </Link>
  );
}
