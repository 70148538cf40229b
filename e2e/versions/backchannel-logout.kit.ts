import { describe, expect, it } from 'vitest';
import type { LogoutProvider } from './logout-provider.js';
import type { NextApp } from './next-app.js';
import { type Page, Visitor } from './visitor.js';

/** What is wrong with a token, by what makes it so. */
const WRONG: Record<string, (provider: LogoutProvider, sid: string) => string | Promise<string>> = {
  'is signed with another key': (provider, sid) => provider.sign({ sid }, 'another'),
  'has no signature': (provider, sid) => provider.unsigned({ sid }),
  'is no token': () => 'a.b.c',
  'is for another app': (provider, sid) => provider.sign({ sid, aud: 'another-app' }),
  'is of another issuer': (provider, sid) => provider.sign({ sid, iss: 'https://evil.example' }),
  'has expired': (provider, sid) => provider.sign({ sid, iat: ago(600), exp: ago(300) }),
  'never expires': (provider, sid) => provider.sign({ sid, exp: undefined }),
  'is too old': (provider, sid) => provider.sign({ sid, iat: ago(3600), exp: ago(-3600) }),
  'is of the future': (provider, sid) => provider.sign({ sid, iat: ago(-600), exp: ago(-900) }),
  'has no jti': (provider, sid) => provider.sign({ sid, jti: undefined }),
  'is an ID token, with a nonce': (provider, sid) => provider.sign({ sid, nonce: 'n' }),
  'is an ID token, without events': (provider, sid) => provider.sign({ sid, events: undefined }),
  'has other events': (provider, sid) => provider.sign({ sid, events: { 'https://evil.example': {} } }),
  'has an event that is no object': (provider, sid) =>
    provider.sign({ sid, events: { 'http://schemas.openid.net/event/backchannel-logout': true } }),
  'names nobody': (provider) => provider.sign({}),
  'names a session that is no text': (provider, sid) => provider.sign({ sid: [sid], sub: '' }),
};

const ago = (seconds: number) => Math.floor(Date.now() / 1000) - seconds;

/** The recipe of docs/recipes.md, with a provider that signs real tokens. */
export function backchannelLogoutTests(app: () => NextApp, provider: () => LogoutProvider): void {
  /** Signs somebody in on a device of theirs. Returns the browser and the provider's name of its session. */
  async function signIn(sub: string) {
    const sid = crypto.randomUUID();
    const visitor = new Visitor(app());
    expect((await visitor.post('/api/provider-sign-in', { sub, sid })).status).toBe(204);
    return { visitor, sid };
  }
  const userOf = async ({ visitor }: { visitor: Visitor }) => (await visitor.open('/api/user')).text;
  const send = (fields: Record<string, string>): Promise<Page> =>
    new Visitor(app()).open('/backchannel-logout', { method: 'POST', body: new URLSearchParams(fields) });

  function expectAnswer({ status, headers, cookies }: Page, expected: number): void {
    expect([status, headers.get('cache-control'), cookies]).toEqual([expected, 'no-store', []]);
  }

  describe('back-channel logout', () => {
    it('while the provider does not show its keys ends nothing, and is no fault of the token', async () => {
      const laptop = await signIn('ada');
      provider().isUp = false;
      expect((await send({ logout_token: await provider().sign({ sid: laptop.sid }) })).status).toBe(500);
      provider().isUp = true;
      expect(await userOf(laptop)).toContain('ada');
      expectAnswer(await send({ logout_token: await provider().sign({ sid: laptop.sid }) }), 200);
      expect(await userOf(laptop)).not.toContain('ada');
    });

    it('ends the session that the token names, and no other; sent again it ends nothing more', async () => {
      const [laptop, phone] = [await signIn('ada'), await signIn('ada')];
      const token = await provider().sign({ sid: laptop.sid, sub: 'ada' });
      for (const logout_token of [token, token]) {
        expectAnswer(await send({ logout_token, state: 'ignored' }), 200);
        expect(await userOf(laptop)).not.toContain('ada');
        expect(await userOf(phone)).toContain('ada');
      }
    });

    it('ends all sessions of a user whom the token names alone, and no other user’s', async () => {
      const [laptop, phone, other] = [await signIn('ada'), await signIn('ada'), await signIn('bob')];
      expectAnswer(await send({ logout_token: await provider().sign({ sub: 'ada' }) }), 200);
      expect([await userOf(laptop), await userOf(phone)].join()).not.toContain('ada');
      expect(await userOf(other)).toContain('bob');
    });

    it.each(Object.keys(WRONG))('refuses a token that %s', async (wrong) => {
      const laptop = await signIn('ada');
      const logout_token = (await WRONG[wrong]?.(provider(), laptop.sid)) ?? '';
      expectAnswer(await send({ logout_token }), 400);
      expect(await userOf(laptop)).toContain('ada');
    });

    it('refuses a request without a token, or without a form', async () => {
      expectAnswer(await send({}), 400);
      const json = await new Visitor(app()).post('/backchannel-logout', { logout_token: 'x' });
      expectAnswer(json, 400);
    });
  });
}
