import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { findValkey } from '../../scripts/find-valkey.mjs';

test('a Valkey that does not start, as after its folder was moved, counts as not found', () => {
  const folder = mkdtempSync(join(tmpdir(), 'valkey-'));
  const server = (script: string) =>
    writeFileSync(join(folder, 'valkey-server'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  vi.stubEnv('PATH', folder);
  try {
    server('echo "Valkey server v=0.1.2 sha=0"');
    expect(findValkey('0.1')).toBe(join(folder, 'valkey-server'));
    server('exec /none/ld-linux.so --library-path /none');
    expect(findValkey('0.1')).toBeUndefined();
  } finally {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  }
});
