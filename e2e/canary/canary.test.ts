import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { RedisServer } from '../stores/servers/redis-server.js';
import { packTarball } from '../versions/installed.js';
import { NextApp } from '../versions/next-app.js';
import { describeNextDefaults } from '../versions/next-defaults.kit.js';
import { nextDefaults } from '../versions/variants.js';

/** The newest canary of the registry. It is not pinned: the step only reports what is to come. */
const next = newestCanary();
const app = new NextApp({ ...nextDefaults, name: `Next ${next}`, next });

describe(`Next ${next}`, () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await RedisServer.start();
  });
  afterAll(() => redis.stop());

  it('is installed', () => app.prepare(packTarball()));

  describe('next start', () => {
    beforeAll(async () => {
      await app.build(packTarball());
      await app.start({ REDIS_URL: redis.url });
    });
    afterAll(() => app.stop());

    describeNextDefaults(app);
  });

  describe('next dev', () => {
    beforeAll(() => app.start({ REDIS_URL: redis.url }, 'dev'));
    afterAll(() => app.stop());

    describeNextDefaults(app);
  });
});

function newestCanary(): string {
  const printed = execFileSync('npm', ['view', 'next', 'versions', '--json'], { encoding: 'utf8' });
  const canaries: string[] = JSON.parse(printed).filter((version: string) => version.includes('-canary.'));
  const newest = canaries.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1);
  if (!newest) throw new Error('The registry has no canary of Next.');
  return newest;
}
