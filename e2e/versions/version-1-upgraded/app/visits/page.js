import { session } from '../../lib/session';

export default async function Page() {
  return <p>Visit {await session().get('visits')}</p>;
}
