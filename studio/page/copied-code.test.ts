import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { asFixture, asTester } from './copied-code.js';

const session = {};

/** Runs a statement, with functions that return what they were given. */
function run(code: string): unknown {
  let given: unknown;
  runInNewContext(`(async () => { ${code} })()`, {
    session,
    createSessionTester: (of: object, options: object) => {
      given = [of === session, options];
    },
    sessions: { as: (data: object) => (given = data) },
  });
  return given;
}

it.each([
  '{}',
  '{"user":"ada","cart":[{"sku":"tea","n":2}]}',
  '{"text":"` \\\\ \\" \\n </script> \\u2028","null":null}',
  '{"a":{"__proto__":{"isAdmin":true}}}',
  '{"a b":{"":1,"1":2,"é":3}}',
])('the copied code gives a test the data: %s', (json) => {
  const data = JSON.parse(json);
  expect(JSON.stringify(run(asTester(data)))).toBe(JSON.stringify([true, { data }]));
  expect(JSON.stringify(run(asFixture(data)))).toBe(JSON.stringify(data));
});
