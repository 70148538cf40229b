import { connection } from 'next/server';
import { Suspense } from 'react';

export default function Page() {
  return (
    <Suspense>
      <Secret />
    </Suspense>
  );
}

async function Secret() {
  await connection();
  return <p>Secret one</p>;
}
