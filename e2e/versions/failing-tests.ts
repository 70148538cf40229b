import { cpSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { freePort } from '../stores/servers/redis-server.js';
import type { NextApp } from './next-app.js';

const TESTS = fileURLToPath(new URL('playwright-signed-out', import.meta.url));

/** What Playwright's JSON report says of tests and their errors. */
interface Report {
  readonly suites: readonly { readonly specs: readonly Spec[] }[];
}

interface Spec {
  readonly title: string;
  readonly tests: readonly { readonly results: readonly Result[] }[];
}

interface Result {
  readonly errors: readonly { readonly message: string }[];
}

/** Runs the Playwright tests that fail on purpose. Returns the errors of each test in one text, by its title. */
export async function runFailingTests(
  app: NextApp,
  settings: Record<string, string>,
): Promise<Record<string, string>> {
  cpSync(TESTS, app.folder, { recursive: true });
  const REDIS_APP = `http://localhost:${await freePort()}`;
  const MEMORY_APP = `http://localhost:${await freePort()}`;
  const run = app.playwright('signed-out.config.js', { REDIS_APP, MEMORY_APP, ...settings });
  const { stdout } = await run.catch((error) => error);
  const { suites } = JSON.parse(stdout) as Report;
  const specs = suites.flatMap((suite) => suite.specs);
  return Object.fromEntries(specs.map((spec) => [spec.title, errorsOf(spec)]));
}

function errorsOf({ tests }: Spec): string {
  const results = tests.flatMap((test) => test.results);
  return results.flatMap(({ errors }) => errors.map(({ message }) => message)).join('\n');
}
