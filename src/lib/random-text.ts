import { nanoid } from 'nanoid';

/** Returns random letters of `[A-Za-z0-9_-]`, of 6 bits each, that nobody can guess. */
export function randomText(length: number): string {
  return nanoid(length);
}
