import nextAppSession from 'next-app-session';
import { forEachInterleaving } from 'next-app-session/testing';
import { expect } from 'vitest';
import { race, secret, status } from './race.js';

const session = nextAppSession<{ theme?: string; language?: string }>({ name: 'settings', secret });

const broken = {
  async saveTheme() {
    const settings = await session().all();
    await session().setAll({ ...settings, theme: 'dark' });
    return status(204);
  },
  async saveLanguage() {
    const settings = await session().all();
    await session().setAll({ ...settings, language: 'fr' });
    return status(204);
  },
};

const fixed: typeof broken = {
  async saveTheme() {
    await session().set('theme', 'dark');
    return status(204);
  },
  async saveLanguage() {
    await session().set('language', 'fr');
    return status(204);
  },
};

export const settings = race({
  title: 'two forms of settings are saved at once: read, then setAll',
  finds: "{ theme: 'dark', language: 'fr' }",
  broken,
  fixed,
  run: (app, orders) =>
    forEachInterleaving(
      session,
      { data: { theme: 'light', language: 'en' }, ...orders },
      [(t) => t.route(app.saveTheme), (t) => t.route(app.saveLanguage)],
      async (t) => expect(await t.read()).toEqual({ theme: 'dark', language: 'fr' }),
    ),
});
