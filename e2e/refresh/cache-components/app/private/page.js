import { Suspense } from 'react';
import { outcome } from '../../lib/outcome';

async function Private() {
  'use cache: private';
  const came = await outcome().catch(() => ({ code: 'an error of Next' }));
  return <output>{JSON.stringify(came)}</output>;
}

export default function Page() {
  return (
    <Suspense fallback={<p>waiting</p>}>
      <Private />
    </Suspense>
  );
}
