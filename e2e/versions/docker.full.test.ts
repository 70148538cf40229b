import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { docBlocks } from '../package/doc-blocks.js';
import { listFiles, read, root } from '../package/repository.js';
import { RedisServer } from '../stores/servers/redis-server.js';
import { type Container, Image } from './dockerfile.kit.js';
import { filesOf } from './documented-app.js';
import { packTarball } from './installed.js';
import { Visitor } from './visitor.js';

// There is no Docker here: the steps of the Dockerfiles run in folders. The Redis is that of the example's compose file.

const SECRET = 'the secret of the containers, which no image holds';
const compose = parse(read('example/docker-compose.yml'));
const page = docBlocks(read('docs/deployment.md'));
const blockIn = (language: string) => page.find((block) => block.language === language)?.code ?? '';

/** An image, and where its app counts. */
interface Deployed {
  readonly name: string;
  readonly image: () => Promise<Image>;
  readonly healthPath: string;
  readonly countPath: string;
}

const deployed: readonly Deployed[] = [
  {
    name: 'the example’s Dockerfile',
    image: () =>
      build(
        read(compose.services.app.build.dockerfile),
        read('example/Dockerfile.dockerignore'),
        async (folder) => {
          for (const file of listFiles()) cpSync(join(root, file), join(folder, file));
          return join(folder, 'example');
        },
      ),
    healthPath: new URL(compose.services.app.healthcheck.test.split(' ').at(-1)).pathname,
    countPath: '/api/counter',
  },
  {
    name: 'the Dockerfile of docs/deployment.md',
    image: () => build(blockIn('dockerfile'), blockIn('gitignore'), documentedApp),
    healthPath: '/api/health',
    countPath: '/api/visits',
  },
];

let redis: RedisServer;
beforeAll(async () => {
  const [, ...options] = compose.services.redis.command.split(' ');
  redis = await RedisServer.startWith(options);
});
afterAll(() => redis.stop());

describe.each(deployed)('$name', ({ image: buildImage, healthPath, countPath }) => {
  let image: Image;
  const containers: Container[] = [];
  const startAndWait = async () => {
    const container = await image.start({ SESSION_SECRET: SECRET, REDIS_URL: redis.url });
    containers.push(container);
    await container.answers(healthPath);
    return container;
  };

  beforeAll(async () => {
    image = await buildImage();
  });
  afterAll(async () => {
    await Promise.all(containers.map((container) => container.stop()));
    image?.remove();
  });

  it('is not healthy without the secret, and says why', async () => {
    const container = await image.start({ REDIS_URL: redis.url });
    containers.push(container);
    const status = async () => (await fetch(container.url + healthPath).catch(() => null))?.status;
    await expect.poll(status).toBe(500);
    expect(container.log).toContain('Session option secret: it is given but undefined or empty');
  });

  it('holds no secret, and does not run as root', () => {
    expect(image.filesWith(SECRET)).toEqual([]);
    expect(image.stage.user).toBe('node');
  });

  it('serves one session from two containers, whichever answers', async () => {
    const [one, two] = await Promise.all([startAndWait(), startAndWait()]);
    const visitor = new Visitor(one);
    const elsewhere = new Visitor(two, visitor.cookies);
    const counts = [await visitor.post(countPath, {})];
    for (const [name, value] of visitor.cookies) elsewhere.cookies.set(name, value);
    counts.push(await elsewhere.post(countPath, {}), await visitor.post(countPath, {}));
    expect(counts.map(({ text }) => Number(/\d+/.exec(text)?.[0]))).toEqual([1, 2, 3]);
  });

  it('is healthy while Redis is away, and serves again when it is back', async () => {
    const container = await startAndWait();
    await redis.kill();
    const visitor = new Visitor(container);
    expect((await visitor.open(healthPath)).status).toBe(200);
    expect((await visitor.post(countPath, {})).status).toBe(500);
    await redis.restart();
    await expect.poll(async () => (await visitor.post(countPath, {})).status).toBe(200);
  });

  it('answers the request under way before it ends', async () => {
    const container = await startAndWait();
    const visitor = new Visitor(container);
    await visitor.post(countPath, {});
    await redis.command('CLIENT', 'PAUSE', '2000', 'ALL');
    const answer = visitor.post(countPath, {});
    await new Promise((resolve) => setTimeout(resolve, 500));
    const ended = container.stop();
    expect((await answer).text).toMatch(/:2}/);
    // 128 and the number of SIGTERM: it ended by itself.
    expect(await ended).toBe(143);
  });
});

/** Builds an image from the files that `fill` puts into a folder. It returns the app's folder, where secrets lie about too. */
async function build(
  dockerfile: string,
  ignore: string,
  fill: (folder: string) => Promise<string>,
): Promise<Image> {
  const folder = mkdtempSync(join(tmpdir(), 'context-'));
  try {
    const app = await fill(folder);
    for (const file of ['.env', '.env.local', '.env.production.local', 'production.env']) {
      writeFileSync(join(app, file), `SESSION_SECRET=${SECRET}\n`);
    }
    return await Image.build(dockerfile, folder, ignore);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The app of the README with Redis, and the files of docs/deployment.md. */
async function documentedApp(folder: string): Promise<string> {
  const pinned = JSON.parse(read('e2e/versions/next-16-stores/package.json')).dependencies;
  const tarball = packTarball();
  cpSync(tarball, join(folder, 'next-app-session.tgz'));
  const manifest = {
    private: true,
    scripts: { build: 'next build' },
    dependencies: { 'next-app-session': 'file:next-app-session.tgz' } as Record<string, string>,
  };
  for (const name of [
    '@opentelemetry/api',
    '@types/node',
    '@types/react',
    'ioredis',
    'next',
    'react',
    'react-dom',
    'typescript',
  ])
    manifest.dependencies[name] = pinned[name];
  const files = {
    ...filesOf('README.md', 'docs/deployment.md'),
    'lib/session.ts': filesOf('docs/stores.md')['lib/session.ts'] ?? '',
    'app/layout.tsx': read('e2e/versions/documented/app/layout.tsx'),
    'tsconfig.json': read('e2e/versions/documented/tsconfig.json'),
    'package.json': JSON.stringify(manifest),
    'public/robots.txt': 'User-agent: *\n',
  };
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  await promisify(execFile)(
    'npm',
    ['install', '--package-lock-only', '--prefer-offline', '--no-audit', '--silent'],
    {
      cwd: folder,
    },
  );
  return folder;
}
