import { Suspense } from 'react';
import { sessions } from '@/lib/recipes';

interface Props {
  readonly params: Promise<{ name: string }>;
}

export default function Page({ params }: Props) {
  return (
    <Suspense>
      <Visits params={params} />
    </Suspense>
  );
}

/** A Server Component, where Next may cache what `fetch` answers. */
async function Visits({ params }: Props) {
  const { name } = await params;
  return <p>{`visits: ${await sessions[name]?.().get('visits')}`}</p>;
}
