import { expect, it } from 'vitest';
import { newNonce } from './nonce.js';

it('no two writes have one name: 72 random bits', () => {
  const names = Array.from({ length: 1000 }, newNonce);
  expect(new Set(names).size).toBe(1000);
  for (const name of names) expect(name).toMatch(/^[\w-]{12}$/);
});
