import type { NextApiRequest, NextApiResponse } from 'next';
import nextAppSession from 'next-app-session';
import { forEachInterleaving } from 'next-app-session/testing';
import { expect } from 'vitest';
import { race, secret } from './race.js';

interface Tokens {
  access: string;
  refresh: string;
  expiresAt: number;
}

const session = nextAppSession<{ tokens: Tokens }>({ name: 'tokens', secret });

/** Takes a refresh token once. A second use is theft: it then signs the user out. */
const provider = {
  uses: 0,
  async exchange(): Promise<Tokens> {
    if (++this.uses > 1) throw new Error('invalid_grant: the refresh token was used twice');
    return { access: 'new', refresh: 'next', expiresAt: Number.MAX_SAFE_INTEGER };
  },
};

const broken = {
  async accessToken(visitor = session()) {
    const tokens = await visitor.get('tokens');
    if (!tokens || tokens.expiresAt > Date.now()) return tokens?.access;
    const renewed = await provider.exchange();
    await visitor.set('tokens', renewed);
    return renewed.access;
  },
};

const fixed: typeof broken = {
  async accessToken(visitor = session()) {
    const tokens = await visitor.refresh('tokens', {
      isFresh: ({ expiresAt }, { now }) => expiresAt > now,
      renew: () => provider.exchange(),
    });
    return tokens?.access;
  },
};

export const tokens = race({
  title: 'a handler and an API route need a token that has expired: refresh without `refresh`',
  finds: 'invalid_grant: the refresh token was used twice',
  broken,
  fixed,
  run: (app, orders) =>
    forEachInterleaving(
      session,
      {
        data: { tokens: { access: 'old', refresh: 'first', expiresAt: 0 } },
        before: () => Object.assign(provider, { uses: 0 }),
        ...orders,
      },
      [
        (t) => t.route(async () => Response.json(await app.accessToken())),
        (t) =>
          t.pages(async (req: NextApiRequest, res: NextApiResponse) =>
            res.json(await app.accessToken(session(req, res))),
          ),
      ],
      async (_t, answers) => {
        for (const { response } of answers) expect(await response.json()).toBe('new');
      },
    ),
});
