import type { NextApiRequest, NextApiResponse } from 'next';
import nextAppSession from 'next-app-session';
import { forEachInterleaving } from 'next-app-session/testing';
import { expect } from 'vitest';
import { race, secret } from './race.js';

const session = nextAppSession<{ code: string }>({ name: 'code', secret });

const broken = {
  async confirm(req: NextApiRequest, res: NextApiResponse) {
    const isRight = (await session(req, res).get('code')) === req.query.code;
    if (isRight) await session(req, res).destroy('code');
    res.status(isRight ? 200 : 403).end();
  },
};

const fixed: typeof broken = {
  async confirm(req, res) {
    res.status((await session(req, res).take('code')) === req.query.code ? 200 : 403).end();
  },
};

export const oneTimeCode = race({
  title: 'a code is sent twice: a code used twice',
  finds: 'expected [ 200, 200 ] to deeply equal [ 200, 403 ]',
  broken,
  fixed,
  run: (app, orders) =>
    forEachInterleaving(
      session,
      { data: { code: '123456' }, ...orders },
      [
        (t) => t.pages(app.confirm, { query: { code: '123456' } }),
        (t) => t.pages(app.confirm, { query: { code: '123456' } }),
      ],
      (_t, answers) => {
        expect(answers.map(({ response }) => response.status).toSorted()).toEqual([200, 403]);
      },
    ),
});
