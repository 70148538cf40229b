import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { launchOptions } from '../example/browsers.js';
import { DocApp } from '../package/doc-app.js';
import { type DocBlock, docBlocks } from '../package/doc-blocks.js';
import { read } from '../package/repository.js';
import { PostgresServer } from '../stores/servers/postgres.js';
import { RedisServer } from '../stores/servers/redis-server.js';
import { runFailingTests } from './failing-tests.js';
import { packTarball } from './installed.js';
import { NextApp } from './next-app.js';
import { testedByPlaywright } from './variants.js';

const blocks = docBlocks(read('docs/e2e.md'));
const stores = ['docs/stores.md', 'docs/sql.md']
  .flatMap((page) => docBlocks(read(page)))
  .filter(({ file }) => file === 'lib/redis-store.ts' || file === 'lib/sql-store.ts');
const tarball = packTarball();
const LAUNCH_OPTIONS = JSON.stringify(launchOptions);

/** The guide's app, compiled for Next, with its tests as they are. */
const docs = new DocApp('playwright', [...blocks.map(withSql), ...stores]);

/** The guide shows its session module with Redis, and says how it is with SQL. This app is both. */
function withSql(block: DocBlock): DocBlock {
  if (block.file !== 'lib/session.ts') return block;
  const store = 'process.env.REDIS_URL ? redisStore : undefined';
  expect(block.code).toContain(store);
  const either = block.code.replace(store, `process.env.DATABASE_URL ? sqlStore : ${store}`);
  return { ...block, code: `import { sqlStore } from './sql-store';\n${either}` };
}

/** What the failing tests of playwright-signed-out have to say, by title. */
const REASONS = {
  'another secret': 'The app signs its cookies with another secret than the test',
  'another database': 'The app looks in another store than the test',
  'another name': 'The app\'s session cookie is named "sid", and that of the test "other"',
  'nothing but reads': 'the app did not read its session from the store of the test',
  'an app in memory': 'The app looks in another store than the test',
  'another host': 'The browser did not send the cookie "sid" to http://127.0.0.1:',
  'controlBackend: another app': 'no request of the test reached that one',
  'no backend': 'sessionFixtures has no backend',
};

const ANY_STORE = ['account.spec.ts', 'sessions.spec.ts'];

describe('docs/e2e.md, taken literally', () => {
  beforeAll(() => {
    expect(docs.compile()).toBe('');
    docs.addSources(blocks.filter(({ file }) => file && /^(e2e\/|playwright\.config)/.test(file)));
  });

  describe.each(testedByPlaywright)('$name', (variant) => {
    const app = new NextApp(variant);
    beforeAll(() => app.build(tarball, docs.compiled));

    it('the tests pass on next start', async () => {
      expect(await app.runPlaywright('start', ANY_STORE, { LAUNCH_OPTIONS })).toContain('5 passed');
    });

    const { dev } = variant;
    if (dev) {
      it('the tests pass on next dev', async () => {
        expect(await app.runPlaywright(dev, ANY_STORE, { LAUNCH_OPTIONS })).toContain('5 passed');
      });
    }
  });

  it('the account of the newest app appears at once', async () => {
    const [variant] = testedByPlaywright.slice(-1);
    if (!variant) throw new Error('variants.ts has none for Playwright.');
    const run = new NextApp(variant).runPlaywright('start', ['instant.spec.ts'], { LAUNCH_OPTIONS });
    expect(await run).toContain('1 passed');
  });

  it('with PostgreSQL, the test passes without a control server, and leaves nothing in the database', async () => {
    const [variant] = testedByPlaywright.slice(-1);
    if (!variant) throw new Error('variants.ts has none for Playwright.');
    const server = await PostgresServer.start();
    try {
      const settings = { LAUNCH_OPTIONS, DATABASE_URL: server.url };
      expect(await new NextApp(variant).runPlaywright('start', ['sql.spec.ts'], settings)).toContain(
        '1 passed',
      );
      expect(await server.query('SELECT id FROM next_app_session')).toEqual([]);
    } finally {
      await server.stop();
    }
  });

  describe('with Redis', () => {
    let redis: RedisServer;
    beforeAll(async () => {
      redis = await RedisServer.start();
    });
    afterAll(() => redis?.stop());

    it('the test passes without a control server, and leaves nothing in Redis', async () => {
      const [variant] = testedByPlaywright.slice(-1);
      if (!variant) throw new Error('variants.ts has none for Playwright.');
      const settings = { LAUNCH_OPTIONS, REDIS_URL: redis.url, DATABASE_URL: '' };
      expect(await new NextApp(variant).runPlaywright('start', ['redis.spec.ts'], settings)).toContain(
        '1 passed',
      );
      expect(await redis.command('DBSIZE')).toBe('0');
    });

    it('the error of a test whose session the app does not accept says why', async () => {
      const [variant] = testedByPlaywright.slice(-1);
      if (!variant) throw new Error('variants.ts has none for Playwright.');
      const settings = { LAUNCH_OPTIONS, REDIS_URL: redis.url, DATABASE_URL: '' };
      const errors = await runFailingTests(new NextApp(variant), settings);
      const toldBy = Object.entries(REASONS).map(([test, reason]) => [test, errors[test]?.includes(reason)]);
      expect(toldBy.filter(([, isTold]) => !isTold)).toEqual([]);
      expect(errors['nothing wrong with the session']).toContain('toBeVisible');
      expect(errors['nothing wrong with the session']).not.toContain('sessionFixtures: ');
      // The app began some sessions itself, under its own secret. Of those of the tests none is left.
      const left = (await redis.command('KEYS', '*')).split('\n').filter(Boolean);
      for (const key of left) expect(await redis.command('GET', key)).not.toContain('Ada');
    }, 600_000);
  });
});

it('the recipe for GitHub Actions is YAML with steps', () => {
  const [recipe] = blocks.filter(({ language }) => language === 'yaml');
  const { jobs } = parse(recipe?.code ?? '');
  expect(jobs.e2e.steps.map((step: { run?: string }) => step.run).filter(Boolean)).toEqual([
    'npm ci',
    'npx playwright install --with-deps chromium',
    'npx playwright test',
  ]);
});
