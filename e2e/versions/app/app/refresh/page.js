import { runSteps } from '../../lib/run-steps';

export const dynamic = 'force-dynamic';

export default async function Page() {
  const results = await runSteps({ steps: [['toTen'], ['toTen'], ['get', 'n']] });
  return <pre>{JSON.stringify(results)}</pre>;
}
