import { session } from '../lib/session';

export default function Legacy({ data }) {
  return <pre>{JSON.stringify(data)}</pre>;
}

export async function getServerSideProps({ req }) {
  return { props: { data: await session(req).all() } };
}
