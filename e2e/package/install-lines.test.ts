import { beforeAll, describe, expect, test } from 'vitest';
import { isFullRun } from '../../scripts/full-run.mjs';
import { installedName } from '../../scripts/installed-name.mjs';
import { installLines, linesOf, NewApp } from './install-lines.js';
import { PackedPackage } from './packed-package.js';
import { listPages, read, readManifest } from './repository.js';

// The install lines of the pages, as a reader types them into a new app: npm only resolves them here. The full run
// installs them, with npm and with pnpm.

const lines = installLines();
const installsOurs = ({ packages }: { packages: readonly string[] }) =>
  packages.some((name) => name.startsWith('next-app-session'));
const first = lines.find(installsOurs);
/** Peers that exclude each other are OpenTelemetry's; what else there is waits for the full run. */
const tried = isFullRun
  ? lines
  : lines.filter(({ packages }) => packages.some((name) => name.startsWith('@opentelemetry/')));

test('the pages have lines, and the first installs this package', () => {
  expect(lines[0]).toBe(first);
  expect(lines.length).toBeGreaterThan(4);
});

test('every line that installs this package installs this version: `npm run bump` writes it', () => {
  const named = listPages().flatMap((file) =>
    [...read(file).matchAll(/\b(?:install|add) (?:-\S+ )*(next-app-session(?:@\S+)?)/g)].map(([, name]) => ({
      file,
      name,
    })),
  );
  const { version } = readManifest();
  expect(named.map(({ file }) => file)).toEqual([
    'README.md',
    'README.md',
    'docs/llms.txt',
    'docs/migration.md',
  ]);
  expect(named).toEqual(named.map(({ file }) => ({ file, name: installedName(version) })));
  expect([installedName('2.0.0-rc.0'), installedName('2.0.0')]).toEqual([
    'next-app-session@next',
    'next-app-session@2',
  ]);
});

test('lines are found in blocks, over several lines and with flags', () => {
  const page =
    'Do not `npm install z`.\n\n```sh\nnpm install -D a@1 \\\n  @b/c && npm run d\npnpm add e\nnpm install\n```\n';
  expect(linesOf('page.md', page)).toEqual([{ where: 'page.md:3', packages: ['a@1', '@b/c', 'e'] }]);
});

test('no line leaves the version of OpenTelemetry’s API open', () => {
  expect(lines.filter(({ packages }) => packages.includes('@opentelemetry/api'))).toEqual([]);
});

describe('npm resolves them, with one copy of OpenTelemetry’s API', () => {
  const packed = new PackedPackage();
  const app = NewApp.create(packed.tarball, 'npm', { lockOnly: true });
  beforeAll(() => app.install(first?.packages ?? []), 600_000);

  test.concurrent.each(tried)('$where', { timeout: 600_000 }, async (line) => {
    const own = app.copy();
    if (line !== first) await own.install(line.packages);
    expect(own.apiVersions()).toHaveLength(1);
  });

  test('a peer that does not fit is seen', { timeout: 600_000 }, async () => {
    await expect(
      app.copy().install(['@opentelemetry/sdk-metrics@2.12.0', '@opentelemetry/api@1.10']),
    ).rejects.toThrow('ERESOLVE');
  });
});
