import { session } from '../lib/session';

export async function getServerSideProps({ req, res }) {
  await session(req, res).update((data) => ({ ...data, visits: (data.visits ?? 0) + 1 }));
  return { props: { data: await session(req).all() } };
}

export default function Legacy({ data }) {
  return <pre>{JSON.stringify(data)}</pre>;
}
