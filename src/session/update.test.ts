import { describe, expect, it } from 'vitest';
import { applyUpdate } from './update.js';

const revoked = Proxy.revocable({}, {});
revoked.revoke();

const refusalOf = (fn: unknown) => {
  try {
    applyUpdate(fn as never, {});
  } catch (error) {
    return error;
  }
  return 'none';
};

describe('what is no function is refused, with what to do', () => {
  it.each([
    [
      'a promise',
      Promise.resolve(() => {}),
      /^update\(\) and regenerate\(\) take a function.* This is a promise: await/,
    ],
    [
      'a lifetime',
      { maxAge: 60 },
      / A lifetime is the second argument: regenerate\(undefined, { maxAge }\)\.$/,
    ],
    ['nothing', undefined, / A lifetime is the second argument/],
    ['what cannot be asked', revoked.proxy, / A lifetime is the second argument/],
  ])('%s', (_, given, message) => {
    expect(refusalOf(given)).toMatchObject({
      code: 'ERR_SESSION_OPTIONS',
      message: expect.stringMatching(message),
    });
  });
});

it('the data stays as it is, whatever the function does to its draft', () => {
  const data = { cart: { items: ['tea'] } };
  const next = applyUpdate<{ cart: { items: string[] } }>(
    (draft) => void draft.cart?.items.push('milk'),
    data,
  );
  expect(data).toEqual({ cart: { items: ['tea'] } });
  expect(next).toEqual({ cart: { items: ['tea', 'milk'] } });
});
