import { Suspense } from 'react';
import { outcome } from '../../lib/outcome';

async function Outcome({ searchParams }) {
  return <output>{JSON.stringify(await outcome(await searchParams))}</output>;
}

export default function Page({ searchParams }) {
  return (
    <main>
      <h1>Shell</h1>
      <Suspense fallback={<p>waiting</p>}>
        <Outcome searchParams={searchParams} />
      </Suspense>
    </main>
  );
}
