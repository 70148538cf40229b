import { saved, session } from '../lib/session';

export default async function Page() {
  return <pre>{JSON.stringify({ n: await session().get('n'), saved })}</pre>;
}
