import { Suspense } from 'react';
import { session } from '@/lib/session';
import { Greeting } from '../greeting';

/** Signs out without leading to another page, so that the browser keeps the layout. */
async function leave() {
  'use server';
  await session().destroy();
}

export default function Page() {
  return (
    <form action={leave}>
      <button type="submit">Leave</button>
      <Suspense fallback={<p>Hello</p>}>
        <Greeting />
      </Suspense>
    </form>
  );
}
