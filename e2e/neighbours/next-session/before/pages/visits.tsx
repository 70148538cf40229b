import type { GetServerSidePropsContext } from 'next';
import { getSession } from '@/lib/get-session';

export async function getServerSideProps({ req, res }: GetServerSidePropsContext) {
  const session = await getSession(req, res);
  session.visits = (session.visits ?? 0) + 1;
  return { props: { visits: session.visits } };
}

export default function Visits({ visits }: { visits: number }) {
  return <p>Visit {visits}</p>;
}
