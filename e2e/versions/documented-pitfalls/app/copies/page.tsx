import { connection } from 'next/server';
import { Suspense } from 'react';
import { count } from '@/lib/copies';

export default function Page() {
  return (
    <Suspense>
      <Count />
    </Suspense>
  );
}

async function Count() {
  await connection();
  return <pre>{JSON.stringify(count())}</pre>;
}
