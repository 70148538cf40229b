import Link from 'next/link';
import { type ReactNode, Suspense } from 'react';
import { signedInUser } from '@/lib/signed-in-user';

/** A check in a layout, which docs/protect.md warns of. */
export default function Layout({ children }: { children: ReactNode }) {
  return (
    <Suspense>
      <Locked>
        <Link href="/wrong/locked/two">Two</Link>
        {children}
      </Locked>
    </Suspense>
  );
}

async function Locked({ children }: { children: ReactNode }) {
  await signedInUser('/wrong/locked/one');
  return children;
}
