import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ALONE, during, FAIR, isSignedIn, loopsOf, TIMEOUT, type Trial, ways } from './revocation.kit.js';
import type { Page } from './revocation-app.mjs';
import { listAll, type Place, type Sessions } from './revocation-places.kit.js';

/** How long account pages are looked at. */
const LOOKS_MS = 500;

/** Reads the first page of the list again and again, as an account page does that many look at. */
async function lookAtAccount({ session }: Place): Promise<void> {
  for (const until = Date.now() + LOOKS_MS; Date.now() < until; ) await session.user('ada').list();
}

/** Adds the tests of visitors who sign in or go on while sessions are revoked. */
export function testVisitors({ name, start, rounds }: Trial): void {
  describe(name, () => {
    let place: Place;
    beforeAll(async () => {
      place = await start();
    });
    afterAll(() => place?.stop());

    const signIns: [string, Page, boolean][] = [
      ['by regenerate', 'sign in by regenerate', false],
      ['by set', 'sign in by set', false],
      ['at the first visit', 'sign in by regenerate', true],
    ];

    it.each(signIns)(
      'nobody who signs in %s during revokeAll stays signed in and unlisted',
      async (...how) => {
        const [, page, isFirstVisit] = how;
        const reset = await place.prepare({ dead: 100, live: 100 });
        for (let round = 0; round < rounds; round++) {
          await reset();
          const looping = place.loopSignIns({ page, isFirstVisit, loops: 4 });
          const [, visitors] = await during(looping, async () => {
            await looping.running;
            return place.session.user('ada').revokeAll();
          });
          expect(visitors.filter(({ code }) => !FAIR.includes(code))).toEqual([]);
          const listed = (await listAll(place.session)).map(({ data }) => data.device);
          for (const { code, device, cookies } of visitors) {
            const open = await Promise.all(cookies.map((cookie) => isSignedIn(place, cookie)));
            if (open.includes(true))
              expect({ code, listed }).toEqual({ code: 'ok', listed: expect.arrayContaining([device]) });
            else expect(listed).not.toContain(device);
          }
          expect(await place.session.user('ada').revokeAll()).toBe(listed.length);
          expect(await place.left()).toEqual({ devices: [], entries: 0 });
          for (const cookie of visitors.flatMap(({ cookies }) => cookies)) {
            expect(await isSignedIn(place, cookie)).toBe(false);
          }
        }
      },
    );

    it.each(signIns)('an account page, which prunes dead entries, undoes no sign-in %s', async (...how) => {
      const [, page, isFirstVisit] = how;
      await (await place.prepare(ALONE))();
      const looping = place.loopSignIns({ page, isFirstVisit, loops: 4 });
      const [, visitors] = await during(looping, () => lookAtAccount(place));
      expect(visitors.filter(({ code }) => code !== 'ok')).toEqual([]);
      const listed = (await listAll(place.session)).map(({ data }) => data.device);
      expect(listed.sort()).toEqual(['owner', 'stolen', ...visitors.map(({ device }) => device)].sort());
      for (const { cookies } of visitors) expect(await isSignedIn(place, cookies.at(-1) ?? '')).toBe(true);
    });

    it('an account page, which prunes dead entries, ends no session that gets a new ID', async () => {
      const { owner } = await (await place.prepare(ALONE))();
      const looping = place.loopBrowser(loopsOf(0, owner));
      const [, { codes, cookies }] = await during(looping, () => lookAtAccount(place));
      expect(Object.keys(codes)).toEqual(['ok']);
      expect(await isSignedIn(place, cookies.at(-1) ?? '')).toBe(true);
      expect((await listAll(place.session)).map(({ data }) => data.device).sort()).toEqual([
        'owner',
        'stolen',
      ]);
    });

    it('the handle of a session stays the same, whatever IDs it gets', async () => {
      const { stolen, handle } = await (await place.prepare(ALONE))();
      const looping = place.loopBrowser(loopsOf(0, stolen));
      const [, { cookies }] = await during(looping, () => looping.running);
      expect(cookies.length).toBeGreaterThan(3);
      expect((await listAll(place.session)).map((session) => session.handle)).toContain(handle);
    });

    type Keep = (sessions: Sessions, running: Promise<void>) => Promise<unknown>;
    const kept: [string, number, Keep][] = [
      // Its request comes with an ID that is soon an old one, so it does not wait for the loops.
      ['revokeOthers', 300, (sessions) => ways.revokeOthers.revoke(place, sessions)],
      [
        'revoke, of each other session,',
        40,
        async ({ handle }, running) => {
          const others = (await listAll(place.session)).filter(({ data }) => data.device === 'other');
          await running;
          for (const other of others) expect(await place.session.user('ada').revoke(other.handle)).toBe(true);
          await place.session.user('ada').revoke(handle);
        },
      ],
    ];

    it.each(kept)(
      '%s never ends the session of the caller, which gets new IDs meanwhile',
      TIMEOUT,
      async (way, live, revoke) => {
        const reset = await place.prepare({ dead: 100, live });
        for (let round = 0; round < rounds; round++) {
          const sessions = await reset();
          const looping = place.loopBrowser(loopsOf(round, sessions.owner));
          const [code, { codes, cookies }] = await during(looping, async () => {
            const revoking = revoke(sessions, looping.running).then(
              () => 'ok',
              (error) => error.code ?? error,
            );
            await looping.running;
            return revoking;
          });
          expect(way === 'revokeOthers' ? FAIR : ['ok']).toContain(code);
          // One request at a time never comes with an old ID.
          const fair = round % 2 === 0 ? ['ok'] : FAIR;
          expect(Object.keys(codes).filter((other) => !fair.includes(other))).toEqual([]);
          expect(await isSignedIn(place, cookies.at(-1) ?? '')).toBe(true);
          const devices = (await listAll(place.session)).map(({ data }) => data.device);
          if (code === 'ok') expect(devices).toEqual(['owner']);
          else expect(devices).toContain('owner');
        }
      },
    );
  });
}
