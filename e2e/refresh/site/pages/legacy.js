import { outcome } from '../lib/outcome';

export async function getServerSideProps({ req, res, query }) {
  return { props: { came: JSON.stringify(await outcome(query, req, res)) } };
}

export default function Legacy({ came }) {
  return <output>{came}</output>;
}
