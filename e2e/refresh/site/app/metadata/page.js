import { Suspense } from 'react';
import { outcome } from '../../lib/outcome';
import { session } from '../../lib/session';

export async function generateMetadata() {
  const { token, code } = await outcome();
  return { title: `metadata: ${code ?? token}` };
}

async function User() {
  return <p>{await session().get('user')}</p>;
}

export default function Page() {
  return (
    <Suspense fallback={<p>waiting</p>}>
      <User />
    </Suspense>
  );
}
