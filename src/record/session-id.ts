import { createHmac } from 'node:crypto';
import { nanoid } from 'nanoid';
import { digest } from '../lib/digest.js';
import { SessionError } from '../lib/errors.js';
import { isSessionId } from './id-shape.js';

/** 22 characters of a 64-letter alphabet: 132 random bits. OWASP asks for at least 64, NIST 800-63B for 64. */
const DEFAULT_LENGTH = 22;

export type GenerateId = () => string | Promise<string>;

export function generateId(): string {
  return nanoid(DEFAULT_LENGTH);
}

/** A new ID from `genid`, checked. */
export async function newSessionId(genid: GenerateId): Promise<string> {
  const id = await genid();
  if (typeof id === 'string' && isSessionId(id)) return id;
  throw new SessionError(
    'ERR_SESSION_ID',
    'The genid option returned something that is no session ID. Return 1 to 256 letters of [A-Za-z0-9._~:-] ' +
      'without "..", with at least 128 random bits.',
  );
}

/** What a store sees instead of the ID, so that a leaked store or trace holds no usable session. */
export function hashSessionId(id: string): string {
  return digest('sha256', id, 'base64url');
}

const HANDLE_LENGTH = 22;

/** What an app may show of a session to its user, to name it by: it leads to neither the ID nor the store's key. */
export function sessionHandle(key: string): string {
  return digest('sha256', `handle\n${key}`, 'base64url').slice(0, HANDLE_LENGTH);
}

const HASH_LENGTH = 16;

/**
 * Tells sessions apart in telemetry, and leads back to none: an HMAC with the secret, cut short. The line break can
 * be in no ID, so this is never any part of a cookie's signature.
 */
export function sessionHash(id: string, secret: string): string {
  return createHmac('sha256', secret).update(`telemetry\n${id}`).digest('hex').slice(0, HASH_LENGTH);
}
