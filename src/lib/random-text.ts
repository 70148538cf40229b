import { urlAlphabet } from 'nanoid/url-alphabet';

/** Random bytes that are asked for at once: to ask the system takes as long as to sign a cookie. */
const pool = new Uint8Array(2048);
let taken = pool.length;

/**
 * Returns random letters of `[A-Za-z0-9_-]`, of 6 bits each, that nobody can guess.
 *
 * As `nanoid` does, without its main entry: Jest's jsdom gets the one for browsers there, as ESM, which it cannot load.
 */
export function randomText(length: number): string {
  if (taken + length > pool.length) {
    crypto.getRandomValues(pool);
    taken = 0;
  }
  let text = '';
  for (const byte of pool.subarray(taken, taken + length)) text += urlAlphabet[byte & 63];
  taken += length;
  return text;
}
