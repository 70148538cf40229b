import { session } from '../lib/session';

async function Part() {
  return <pre>{JSON.stringify(await session().all())}</pre>;
}

export default function Page() {
  return [1, 2, 3].map((index) => <Part key={index} />);
}
