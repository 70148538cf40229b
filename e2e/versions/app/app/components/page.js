import { session } from '../../lib/session';

export async function generateMetadata() {
  return { title: `metadata: ${await session().get('n')}` };
}

async function Part({ index }) {
  return (
    <p>
      part {index}: {String(await session().get('n'))}
    </p>
  );
}

export default function Page() {
  return [1, 2, 3, 4, 5].map((index) => <Part key={index} index={index} />);
}
