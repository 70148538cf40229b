import { urlAlphabet } from 'nanoid/url-alphabet';

/**
 * Returns random letters of `[A-Za-z0-9_-]`, of 6 bits each, that nobody can guess.
 *
 * As `nanoid` does, without its main entry: Jest's jsdom gets the one for browsers there, as ESM, which it cannot load.
 */
export function randomText(length: number): string {
  let text = '';
  for (const byte of crypto.getRandomValues(new Uint8Array(length))) text += urlAlphabet[byte & 63];
  return text;
}
