import { Suspense } from 'react';
import { session } from '../lib/session';

async function Count() {
  return <p>n: {String(await session().get('n'))}</p>;
}

// Next prerenders everything except the part that reads the session.
export default function Page() {
  return (
    <main>
      <h1>Shell</h1>
      <Suspense fallback={<p>waiting</p>}>
        <Count />
      </Suspense>
    </main>
  );
}
