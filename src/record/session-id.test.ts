import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isSessionId } from './id-shape.js';
import { generateId, hashSessionId, newSessionId, sessionHandle, sessionHash } from './session-id.js';

const ID = 'a-session-id-of-22-abc';
const sha256 = (text: string) => createHash('sha256').update(text).digest('base64url');

describe('a session ID', () => {
  it('has 22 letters of 64 if the app gives none: 132 random bits', () => {
    const ids = new Set(Array.from({ length: 1000 }, generateId));
    expect(ids.size).toBe(1000);
    for (const id of ids) expect(id).toMatch(/^[\w-]{22}$/);
    expect(new Set([...ids].join('')).size).toBe(64);
  });

  it('may be of the app, now or later', async () => {
    expect(await newSessionId(() => ID)).toBe(ID);
    expect(await newSessionId(async () => 'x'.repeat(256))).toBe('x'.repeat(256));
  });

  it.each([
    '',
    'a b',
    'a/b',
    'a..b',
    'a\n',
    'x'.repeat(257),
    7,
    null,
    undefined,
    [ID],
    // It reads as an ID, and a store would get an object.
    { toString: () => ID, includes: () => false },
  ])('is refused if it has not the shape: %j', async (id) => {
    const error = expect.objectContaining({
      code: 'ERR_SESSION_ID',
      message: expect.stringMatching(/genid/),
    });
    await expect(newSessionId(() => id as string)).rejects.toThrow(error);
    expect(typeof id === 'string' && isSessionId(id)).toBe(false);
  });
});

describe('what is made of an ID stays the same in all versions', () => {
  it('its hash, or no session would be found', () => {
    expect(hashSessionId(ID)).toBe(sha256(ID));
  });

  it('its handle, or no entry of an index would be found: 96 bits, and not those of the hash', () => {
    expect(sessionHandle(ID)).toBe(sha256(`handle\n${ID}`).slice(0, 16));
  });

  it('its hash in telemetry: 64 bits that only the secret leads to', () => {
    const hash = createHmac('sha256', 'a secret').update(`telemetry\n${ID}`).digest('hex').slice(0, 16);
    expect(sessionHash(ID, 'a secret')).toBe(hash);
  });
});
