import { describe, expect, test } from 'vitest';
import { installLines, NewApp, type PackageManager } from './install-lines.js';
import { PackedPackage } from './packed-package.js';

// As install-lines.test.ts, but downloaded, and with pnpm too.

const lines = installLines();
const installsOurs = (packages: readonly string[]) =>
  packages.some((name) => name.startsWith('next-app-session'));
const first = lines.find(({ packages }) => installsOurs(packages));
const packed = new PackedPackage();

describe.each<PackageManager>(['npm', 'pnpm'])(
  '%s installs, with one copy of OpenTelemetry’s API',
  (manager) => {
    test.each(lines)('$where: $packages', { timeout: 1_200_000 }, async ({ packages }) => {
      const app = NewApp.create(packed.tarball, manager);
      if (!installsOurs(packages)) await app.install(first?.packages ?? []);
      await app.install(packages);
      expect(app.apiVersions()).toHaveLength(1);
      app.remove();
    });
  },
);
