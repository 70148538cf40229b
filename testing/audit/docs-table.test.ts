import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { asvsRequirements } from './audit-session.js';

const text = readFileSync(new URL('../../docs/security.md', import.meta.url), 'utf8');

test('docs/security.md has the requirements of ASVS as auditSession has them', () => {
  const words = { library: 'met', settings: 'setting', app: 'app' };
  const rows = [...text.matchAll(/^\| ([37]\.\d\.\d) \| (.+?) \| (.+?) \| (.+?) \|.*\[how\]\((.+?)\)/gm)];
  expect(rows.map(([, ...cells]) => cells)).toEqual(
    asvsRequirements.map(({ requirement, level, title, by, docs }) => [
      requirement,
      String(level),
      title,
      words[by],
      docs.replace('docs/', '').replace('security.md#', '#'),
    ]),
  );
});
