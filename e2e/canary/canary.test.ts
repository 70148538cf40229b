import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { packTarball } from '../versions/installed.js';
import { NextApp } from '../versions/next-app.js';
import { describeNextDefaults, STORES, StoreServers } from '../versions/next-defaults.kit.js';
import { nextDefaults } from '../versions/variants.js';

/** The newest canary of the registry. It is not pinned: the step only reports what is to come. */
const next = newestCanary();
const app = new NextApp({ ...nextDefaults, name: `Next ${next}`, next });

describe(`Next ${next}`, () => {
  let servers: StoreServers;
  beforeAll(async () => {
    servers = await StoreServers.start();
  });
  afterAll(() => servers?.stop());

  it('is installed', () => app.prepare(packTarball()));

  describe('next start', () => {
    beforeAll(async () => {
      await app.build(packTarball());
      await app.start(servers.settings);
    });
    afterAll(() => app.stop());

    describeNextDefaults(app, STORES);
  });

  describe('next dev', () => {
    beforeAll(() => app.start(servers.settings, 'dev'));
    afterAll(() => app.stop());

    describeNextDefaults(app, STORES);
  });
});

function newestCanary(): string {
  const printed = execFileSync('npm', ['view', 'next', 'versions', '--json'], { encoding: 'utf8' });
  const canaries: string[] = JSON.parse(printed).filter((version: string) => version.includes('-canary.'));
  const newest = canaries.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1);
  if (!newest) throw new Error('The registry has no canary of Next.');
  return newest;
}
