import { session } from '../lib/session';

export async function getServerSideProps({ req, res }) {
  await session(req, res).set('n', 1);
  res.setHeader('Set-Cookie', 'theme=dark; Path=/');
  return { props: {} };
}

export default function Cookies() {
  return null;
}
