import { session } from '../../lib/session';

/** The only reader here, so that the span is its own. */
export async function generateMetadata() {
  return { title: `metadata: ${await session().get('n')}` };
}

export default function Page() {
  return <p>no reader</p>;
}
