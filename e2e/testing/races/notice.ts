import nextAppSession from 'next-app-session';
import { forEachInterleaving } from 'next-app-session/testing';
import { expect } from 'vitest';
import { race, secret } from './race.js';

const session = nextAppSession<{ notice: string }>({ name: 'notice', secret });

const broken = {
  async notify(text: string) {
    await session().set('notice', text);
  },
  async show() {
    const notice = await session().get('notice');
    await session().destroy('notice');
    return Response.json(notice);
  },
};

const fixed: typeof broken = {
  ...broken,
  async show() {
    return Response.json(await session().take('notice'));
  },
};

export const notice = race({
  title: 'a message is left while another one is shown: a flash message is lost',
  finds: "expected [ 'Welcome', undefined ] to include 'Saved'",
  broken,
  fixed,
  run: (app, orders) =>
    forEachInterleaving(
      session,
      { data: { notice: 'Welcome' }, ...orders },
      [(t) => t.action(() => app.notify('Saved')), (t) => t.route(app.show)],
      async (t, [, shown]) => {
        expect([await shown.response.json(), (await t.read())?.notice]).toContain('Saved');
      },
    ),
});
