import { outcome } from '../../lib/outcome';
import { session } from '../../lib/session';

async function ask() {
  'use server';
  await session().set('acted', await outcome());
}

export default function Page() {
  return (
    <form action={ask}>
      <button type="submit">Ask</button>
    </form>
  );
}
