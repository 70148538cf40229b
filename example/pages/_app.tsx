import '@/styles/global.css';
import type { AppProps } from 'next/app';
import Head from 'next/head';
import { Shell } from '@/components/shell';

export default function App({ Component, pageProps }: AppProps) {
  return (
    <Shell>
      <Head>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <link rel="icon" href="/icon.svg" type="image/svg+xml" />
      </Head>
      <Component {...pageProps} />
    </Shell>
  );
}
