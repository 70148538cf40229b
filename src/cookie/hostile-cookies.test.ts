import { sign } from 'cookie-signature';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextAppSession } from '../next-app-session.js';
import { isSessionId } from '../record/id-shape.js';
import { Browser } from '../test-kits/browser.js';
import { SpyStore } from '../test-kits/spy-store.js';

const SECRET = 'the secret';
const VALID = `s:${sign('a-real-session-id-0001', SECRET)}`;

/** IDs that could do harm if a store used them as a key, a path or a property name. */
const hostileId = fc.oneof(
  fc.constantFrom(
    '__proto__',
    'constructor',
    '../../etc/passwd',
    '..',
    '.',
    '',
    '*',
    'sess:*',
    '\u0000',
    'a\r\nSET x 1',
  ),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }).map((text) => `../${text}`),
  fc.stringMatching(/^[\w.~:-]{1,40}$/),
);

/** Cookie values with good and bad signatures, and without any. */
const cookieValue = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 400 }),
  hostileId,
  hostileId.map((id) => `s:${id}`),
  hostileId.map((id) => `s:${sign(id, 'another secret')}`),
  hostileId.map((id) => sign(id, SECRET)),
  hostileId.map((id) => `${id.slice(0, 2)}${sign(id, SECRET)}`),
  hostileId.map((id) => `s:${sign(id, SECRET)}`),
  hostileId.map((id) => `s:s:${sign(id, SECRET)}`),
  hostileId.map((id) => `S:${sign(id, SECRET)}`),
  fc.nat(VALID.length - 1).map((end) => VALID.slice(0, end)),
  fc.nat(VALID.length - 1).map((at) => `${VALID.slice(0, at)}!${VALID.slice(at + 1)}`),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 4 }).map((tail) => VALID + tail),
  fc.integer({ min: 1000, max: 100_000 }).map((length) => `s:${'x'.repeat(length)}.${'y'.repeat(43)}`),
  fc.constantFrom('true', 'null', 'undefined', '[object Object]', 's:', 's:.', '.', 'j:{"a":1}'),
);

/** Returns the ID of a cookie value if its shape and signature are good. */
function provenId(value: string): string | null {
  const at = value.lastIndexOf('.');
  const id = value.slice(2, at);
  return at > 2 && value === `s:${sign(id, SECRET)}` && isSessionId(id) ? id : null;
}

describe('10,000 hostile cookies', () => {
  it('cause no exception, no store call without a good signature, and no adopted ID', async () => {
    const store = new SpyStore();
    const session = nextAppSession({ secret: SECRET, store, hashIds: false, name: 'hostile' });
    let proven = 0;
    await fc.assert(
      fc.asyncProperty(cookieValue, async (value) => {
        store.spy.reset();
        const browser = new Browser(session, { hostile: value });
        await browser.visit(async (own) => {
          expect(await own().all()).toEqual({});
          expect(await own().id()).toBeNull();
        });
        const id = provenId(value);
        if (id !== null) proven++;
        expect(store.spy.keys).toEqual(id === null ? [] : [id]);
        store.spy.reset();
        await browser.visit((own) => own().set('n', 1));
        expect(store.spy.calls).toEqual(id === null ? ['set'] : ['get', 'set']);
        expect(store.spy.keys.at(-1)).toMatch(/^[\w-]{22}$/);
        expect(browser.cookies.get('hostile')).not.toBe(value);
        await store.memory.destroy(store.spy.keys.at(-1) ?? '');
      }),
      { numRuns: 10_000 },
    );
    // The generator has to make unknown IDs with a good signature too, or the test would not cover them.
    expect(proven).toBeGreaterThan(50);
  });

  it('without a secret, only an ID of the right shape reaches the store', async () => {
    const store = new SpyStore();
    const session = nextAppSession({ store, hashIds: false, name: 'unsigned' });
    await fc.assert(
      fc.asyncProperty(cookieValue, async (value) => {
        store.spy.reset();
        await new Browser(session, { unsigned: value }).visit((own) => own().all());
        expect(store.spy.keys).toEqual(isSessionId(value) ? [value] : []);
      }),
      { numRuns: 2_000 },
    );
  });
});
