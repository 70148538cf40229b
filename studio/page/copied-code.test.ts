import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { asFixture, asTester, whichSession } from './copied-code.js';

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

it('the copied code says which session it is for, if the app has several', () => {
  expect(whichSession('cart', ['sid', 'cart'])).toBe('// The session whose cookie is cart.\n');
  expect(whichSession('sid', ['sid'])).toBe('');
  const code = whichSession('cart', ['sid', 'cart']) + asFixture({ n: 1 });
  expect(JSON.stringify(run(code))).toBe('{"n":1}');
});
