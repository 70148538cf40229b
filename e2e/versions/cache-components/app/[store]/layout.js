import { Suspense } from 'react';
import { sessions } from '../../lib/stores';

export function generateStaticParams() {
  return Object.keys(sessions).map((store) => ({ store }));
}

async function InLayout({ store }) {
  return <p>layout: {String(await sessions[store]().get('n'))}</p>;
}

export default async function Layout({ params, children }) {
  const { store } = await params;
  return (
    <>
      <Suspense fallback={<p>waiting</p>}>
        <InLayout store={store} />
      </Suspense>
      {children}
    </>
  );
}
