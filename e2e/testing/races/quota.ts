import nextAppSession from 'next-app-session';
import { forEachInterleaving } from 'next-app-session/testing';
import { expect } from 'vitest';
import { race, secret, status } from './race.js';

const QUOTA = 3;
const session = nextAppSession<{ downloads: number }>({ name: 'quota', secret });

const broken = {
  async download() {
    if (((await session().get('downloads')) ?? 0) >= QUOTA) return status(403);
    // No click is lost, but the question above was asked before.
    await session().update((data) => ({ downloads: (data.downloads ?? 0) + 1 }));
    return status(200);
  },
};

const fixed: typeof broken = {
  async download() {
    let isAllowed = false;
    await session().update((data) => {
      const downloads = data.downloads ?? 0;
      isAllowed = downloads < QUOTA;
      return { downloads: isAllowed ? downloads + 1 : downloads };
    });
    return status(isAllowed ? 200 : 403);
  },
};

export const quota = race({
  title: 'two downloads where one is left: check, then act',
  finds: 'expected { downloads: 4 } to deeply equal { downloads: 3 }',
  broken,
  fixed,
  run: (app, orders) =>
    forEachInterleaving(
      session,
      { data: { downloads: QUOTA - 1 }, ...orders },
      [(t) => t.route(app.download), (t) => t.route(app.download)],
      async (t) => expect(await t.read()).toEqual({ downloads: QUOTA }),
    ),
});
