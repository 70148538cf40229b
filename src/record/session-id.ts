import { createHmac } from 'node:crypto';
import { digest } from '../lib/digest.js';
import { randomText } from '../lib/random-text.js';
import { isSessionId, malformedId } from './id-shape.js';

/** 22 of 64 letters are 132 random bits. OWASP and NIST SP 800-63B ask for at least 64. */
const DEFAULT_LENGTH = 22;

export type GenerateId = () => string | Promise<string>;

export function generateId(): string {
  return randomText(DEFAULT_LENGTH);
}

/**
 * Returns a new ID from `genid`.
 *
 * @throws ERR_SESSION_ID if it has not the shape of an ID.
 */
export async function newSessionId(genid: GenerateId): Promise<string> {
  const id = await genid();
  if (typeof id === 'string' && isSessionId(id)) return id;
  throw malformedId('The ID that the genid option returned');
}

/** Returns what a store sees instead of the ID, so that a leaked store or trace holds no usable session. */
export function hashSessionId(id: string): string {
  return digest('sha256', id, 'base64url');
}

/** 96 bits tell the sessions of one user apart. */
const HANDLE_LENGTH = 16;

/** Returns the name of a session that an app may show to its user. It leads to neither the ID nor the key. */
export function sessionHandle(key: string): string {
  return digest('sha256', `handle\n${key}`, 'base64url').slice(0, HANDLE_LENGTH);
}

const HASH_LENGTH = 16;

/**
 * Returns a hash that tells sessions apart in telemetry and leads back to none: an HMAC with the secret, cut short. No ID has
 * a line break, so this is never part of a cookie's signature.
 */
export function sessionHash(id: string, secret: string): string {
  return createHmac('sha256', secret).update(`telemetry\n${id}`).digest('hex').slice(0, HASH_LENGTH);
}
