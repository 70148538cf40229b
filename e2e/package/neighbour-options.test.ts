import nextAppSession, { SessionError } from 'next-app-session';
import { describe, expect, test } from 'vitest';
import { listFiles, read } from './repository.js';

// The tables of options in docs/from-….md. An option of the other library throws, and the message names ours, which passes.

const pages = listFiles().filter((file) => /^docs\/from-[\w-]+\.md$/.test(file));

test('there is a page for each neighbour', () => {
  expect(pages).toHaveLength(4);
});

describe.each(pages)('%s', (page) => {
  const [table = ''] = /^## Options$[\s\S]*?(?=^## )/m.exec(read(page)) ?? [];
  const rows = [...table.matchAll(/^\| `(.+?)` \| (.+) \|$/gm)].map(([, theirs = '', ours = '']) => ({
    theirs,
    ours,
  }));

  test('has a table', () => {
    expect(rows.length).toBeGreaterThan(2);
  });

  test.each(rows)('$theirs, $ours', ({ theirs, ours }) => {
    const message = messageFor(theirs);
    const [, code] = /^`(.+)`$/.exec(ours) ?? [];
    if (!code) {
      expect(ours).toMatch(/^leave it out/);
      expect(message).toMatch(/leave it out/i);
      return;
    }
    expect(messageFor(code)).toBeNull();
    for (const name of Object.keys(optionsOf(code))) expect(message).toContain(name);
  });
});

/** Returns what is wrong with the options, or null. */
function messageFor(code: string): string | null {
  try {
    nextAppSession(optionsOf(code));
    return null;
  } catch (error) {
    if (SessionError.is(error) && error.code === 'ERR_SESSION_OPTIONS') return error.message;
    throw error;
  }
}

function optionsOf(code: string): object {
  return Function(`return { ${code} }`)();
}
