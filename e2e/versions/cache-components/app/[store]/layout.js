import { Suspense } from 'react';
import { sessions } from '../../lib/stores';

export function generateStaticParams() {
  return Object.keys(sessions).map((store) => ({ store }));
}

async function InLayout({ params }) {
  const { store } = await params;
  return <p>layout: {String(await sessions[store]().get('n'))}</p>;
}

export default function Layout({ params, children }) {
  return (
    <>
      <Suspense fallback={<p>waiting</p>}>
        <InLayout params={params} />
      </Suspense>
      {children}
    </>
  );
}
