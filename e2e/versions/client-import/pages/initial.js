import { session } from '../lib/session';

export default function Page({ n }) {
  return <p>{n}</p>;
}

Page.getInitialProps = async ({ req, res }) => ({ n: req ? await session(req, res).get('n') : null });
