import { n } from '../../lib/top-level';

export default function Page() {
  return <pre>{JSON.stringify({ n })}</pre>;
}
