import '@/styles/global.css';
import type { Metadata } from 'next';
import type { ReactNode } from 'react';
import { Shell } from '@/components/shell';

export const metadata: Metadata = {
  title: { default: 'next-app-session, by example', template: '%s · next-app-session' },
  description:
    'Server-side sessions for the Next.js App Router: one session, used from everywhere in an app.',
};

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>
        <Shell>{children}</Shell>
      </body>
    </html>
  );
}
