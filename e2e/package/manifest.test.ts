import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { listFiles, read, readManifest, requiredPackages } from './repository.js';

const manifest = readManifest();
const files = listFiles();

test('two runtime dependencies, no more', () => {
  expect(Object.keys(manifest.dependencies).sort()).toEqual(['cookie-signature', 'nanoid']);
});

test('two peers that an app has to have', () => {
  const peers = requiredPackages(manifest).filter((name) => name in manifest.peerDependencies);
  expect(peers.sort()).toEqual(['@opentelemetry/api', 'next']);
});

test('runs on every Node that Next 16 runs on', () => {
  expect(manifest.engines).toEqual({ node: '>=20.9' });
});

describe('no file says where packages were downloaded', () => {
  const locks = files.filter((file) => /(^|\/)package-lock\.json$/.test(file));

  test('there is a lockfile', () => {
    expect(locks).toContain('package-lock.json');
  });

  test.each(locks)('%s', (lock) => {
    const { packages } = JSON.parse(read(lock)) as { packages: Record<string, { resolved?: string }> };
    const hosts = Object.values(packages).filter(({ resolved }) => resolved?.includes('://'));
    expect(hosts).toEqual([]);
  });

  test('no registry is named anywhere', () => {
    const registries = registryPatterns();
    const naming = files.filter((file) => registries.some((registry) => registry.test(read(file))));
    expect(naming).toEqual([]);
  });
});

/** The well-known registries, any by its usual name, and the one that npm uses here. */
function registryPatterns(): RegExp[] {
  const configured = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim();
  const host = new URL(configured).host.replaceAll('.', '\\.');
  return [/\/\/registry\./, /registry\.(npmjs|yarnpkg|npmmirror)\b/, new RegExp(host)];
}
