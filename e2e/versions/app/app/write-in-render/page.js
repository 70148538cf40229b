import { runSteps } from '../../lib/run-steps';

export const dynamic = 'force-dynamic';

export default async function Page() {
  const results = await runSteps({
    steps: [['set', 'n', 2], ['destroy'], ['signIn', 'eve'], ['get', 'n']],
  });
  return <pre>{JSON.stringify(results.map((result) => result?.code ?? result))}</pre>;
}
