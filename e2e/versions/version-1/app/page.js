import { session } from '../lib/session';

export default async function Page() {
  return <pre>{JSON.stringify(await session().all())}</pre>;
}
