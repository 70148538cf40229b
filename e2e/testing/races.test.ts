import { describe, expect, test } from 'vitest';
import { races } from './races/all.js';

// Each app has a mistake that is easily made, and its corrected version has none. Both have the same check.

describe.each(races)('$title', ({ run, finds }) => {
  test('is found, in an order that can be run again', async () => {
    const found = await run('broken').catch((error: unknown) => error);
    expect(found).toMatchObject({
      code: 'ERR_SESSION_RACE',
      message: expect.stringMatching(/^The handlers fail in this order: .*\b[a-c] /),
    });
    const { message } = found as Error;
    expect(message).toContain(finds);
    const [, replay] = /replay: '(.+)'/.exec(message) ?? [];
    expect(await run('broken', { replay }).catch((error: Error) => error.message)).toBe(message);
  });

  test('is gone from the corrected app', async () => {
    expect(await run('fixed')).toEqual({ orders: expect.any(Number), isComplete: true });
  });
});
