import type { Metadata } from 'next';
import Link from 'next/link';
import { Page } from '@/components/page';

export const metadata: Metadata = { title: 'Page not found' };

export default function NotFound() {
  return (
    <Page
      title="Page not found"
      where="404"
      lead="There is nothing at this address. Your session is as it was."
    >
      <p>
        <Link href="/">Back to the overview</Link>
      </p>
    </Page>
  );
}
