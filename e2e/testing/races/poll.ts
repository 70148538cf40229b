import type { NextApiRequest, NextApiResponse } from 'next';
import nextAppSession from 'next-app-session';
import { forEachInterleaving } from 'next-app-session/testing';
import { expect } from 'vitest';
import { race, secret } from './race.js';

const session = nextAppSession<{ hasVoted: boolean }>({ name: 'poll', secret });
/** The app's database. */
const votes: string[] = [];

const broken = {
  async vote(req: NextApiRequest, res: NextApiResponse) {
    const isFirst = !(await session(req, res).has('hasVoted'));
    if (isFirst) {
      votes.push(String(req.query.for));
      await session(req, res).set('hasVoted', true);
    }
    res.status(isFirst ? 204 : 403).end();
  },
};

const fixed: typeof broken = {
  async vote(req, res) {
    let isFirst = false;
    await session(req, res).update((data) => {
      isFirst = !data.hasVoted;
      data.hasVoted = true;
    });
    if (isFirst) votes.push(String(req.query.for));
    res.status(isFirst ? 204 : 403).end();
  },
};

export const poll = race({
  title: 'one vote for each session, sent twice to an API route: check, then act',
  finds: "expected [ 'cats', 'dogs' ] to have a length of 1 but got 2",
  broken,
  fixed,
  run: (app, orders) =>
    forEachInterleaving(
      session,
      { data: {}, before: () => votes.splice(0), ...orders },
      [
        (t) => t.pages(app.vote, { query: { for: 'cats' } }),
        (t) => t.pages(app.vote, { query: { for: 'dogs' } }),
      ],
      () => expect(votes).toHaveLength(1),
    ),
});
