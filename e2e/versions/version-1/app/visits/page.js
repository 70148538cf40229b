import { session } from '../../lib/session';

/** Writes while it renders, which 1.x does if the visitor has a session. */
export default async function Page() {
  const visits = Number((await session().get('visits')) ?? 0) + 1;
  await session().set('visits', visits);
  return <p>Visit {visits}</p>;
}
