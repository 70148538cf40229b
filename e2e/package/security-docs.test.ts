import { describe, expect, test } from 'vitest';
import { read } from './repository.js';

const text = read('docs/security.md').replaceAll('\n', ' ');

/** Every test that the page names: `file` "title". */
const named = [...text.matchAll(/`((?:src|testing|e2e)\/[\w./-]+\.(?:test|spec|kit)\.ts)` "([^"]+)"/g)].map(
  ([, file = '', title = '']) => ({ file, title }),
);

describe('docs/security.md', () => {
  test.each(named)('$file has "$title"', ({ file, title }) => {
    expect(read(file)).toContain(title);
  });

  test('every row names a test', () => {
    const rows = read('docs/security.md')
      .split('\n')
      .filter((line) => line.startsWith('|') && !/^\| (point|---)|^\|-/.test(line));
    expect(rows.length).toBeGreaterThan(15);
    expect(rows.filter((row) => !/`(src|testing|e2e)\/[^`]+` "[^"]+" \|$/.test(row))).toEqual([]);
  });

  test('is about each threat', () => {
    const threats = [
      'A stolen cookie',
      'A leaked store',
      'A leaked trace',
      'A planted ID',
      'CSRF',
      'A replay after sign-out',
      'read as hostile',
    ];
    expect(threats.filter((threat) => !text.includes(threat))).toEqual([]);
  });
});
