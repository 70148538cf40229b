import { createHash } from 'node:crypto';

/** Names a secret so that a page can show whether it changed. Nobody can guess the secret from it. */
export function fingerprint(secret: string): string {
  return createHash('sha256').update(`fingerprint ${secret}`).digest('hex').slice(0, 6);
}
