import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BrowserLoops, LoopedBrowser, Looping } from './looping-visits.mjs';
import { ask, exchange, type Page } from './revocation-app.mjs';
import {
  type Crowd,
  type Left,
  listAll,
  type Place,
  type Sessions,
  signIn,
} from './revocation-places.kit.js';

// Somebody revokes sessions in this process, while a browser in another one gets new IDs as fast as it can. Revocation wins
// each time: a session that existed when it was called is over when it has resolved.

/** Each round may list thousands of entries, on a machine that is busy. */
const TIMEOUT = { timeout: 300_000 };

/** How long account pages are looked at. */
const LOOKS_MS = 500;

/** How a browser asks for new IDs: from one tab or from several, by a page that reads first or that does not. */
function loopsOf(round: number, cookie: string): BrowserLoops {
  const page = round % 4 < 2 ? 'renew if signed in' : 'renew';
  return { cookie, page, loops: round % 2 === 0 ? 1 : 8 };
}

/** What may happen to a request whose session is revoked or moves. */
const FAIR = ['ok', 'ERR_SESSION_GONE'];

/** A way to revoke the stolen session, among others. */
interface Way {
  revoke(place: Place, sessions: Sessions): Promise<unknown>;
  /** What the call returns, with so many others. A thief who is on the move may be counted or not. */
  returns(others: number): readonly unknown[];
  /** What the user is left with. */
  left(others: number): { readonly devices: readonly string[]; readonly entries: number | null };
}

const ways = {
  revokeAll: {
    revoke: ({ session }) => session.user('ada').revokeAll(),
    returns: (others) => [others + 1, others + 2],
    left: () => ({ devices: [], entries: 0 }),
  },
  revokeOthers: {
    revoke: ({ session }, { owner }) => {
      const { request, response } = exchange(owner);
      return session.user('ada', request, response).revokeOthers();
    },
    returns: (others) => [others, others + 1],
    left: () => ({ devices: ['owner'], entries: 1 }),
  },
  revoke: {
    revoke: ({ session }, { handle }) => session.user('ada').revoke(handle),
    returns: () => [true],
    // It may stop at the entry that it looks for, so dead ones may be left.
    left: (others) => ({ devices: ['owner', ...Array(others).fill('other')].sort(), entries: null }),
  },
} satisfies Record<string, Way>;

const isSignedIn = async ({ session }: Place, cookie: string) =>
  (await ask(session, 'look', cookie)).user !== null;

/** Returns what is wrong after a round, as text; nothing if the thief is out. */
async function escapes(place: Place, thief: LoopedBrowser, left: Left, expected: ReturnType<Way['left']>) {
  const wrong = Object.keys(thief.codes).filter((code) => !FAIR.includes(code));
  for (const [age, cookie] of thief.cookies.toReversed().entries()) {
    if (await isSignedIn(place, cookie)) wrong.push(`the thief’s cookie -${age} opens the account`);
  }
  const devices = left.devices.toSorted();
  if (devices.join() !== expected.devices.join()) {
    wrong.push(`${devices.length} records instead of ${expected.devices.length}`);
  }
  if (expected.entries !== null && left.entries !== expected.entries) {
    wrong.push(`${left.entries} entries instead of ${expected.entries}`);
  }
  return wrong;
}

/** Runs an action while browsers loop. Returns its result, and theirs. */
async function during<Result, T>(looping: Looping<Result>, action: () => Promise<T>): Promise<[T, Result]> {
  const acting = action();
  const looped = await acting.then(looping.stop, looping.stop);
  return [await acting, looped];
}

/** Reads the first page of the list again and again, as an account page does that many look at. */
async function lookAtAccount({ session }: Place): Promise<void> {
  for (const until = Date.now() + LOOKS_MS; Date.now() < until; ) await session.user('ada').list();
}

/** Lets a thief loop from the stolen cookie while the way revokes it. Returns what is wrong, by round. */
async function chase(
  place: Place,
  crowd: Crowd,
  rounds: number,
  { revoke, returns, left }: Way,
): Promise<string[]> {
  const reset = await place.prepare(crowd);
  const wrong: string[] = [];
  for (let round = 0; round < rounds; round++) {
    const sessions = await reset();
    const looping = place.loopBrowser(loopsOf(round, sessions.stolen));
    const [returned, thief] = await during(looping, async () => {
      await looping.running;
      await sleep(round % 5);
      return revoke(place, sessions).catch((error) => error.code);
    });
    if (!returns(crowd.live).includes(returned)) wrong.push(`round ${round}: returned ${returned}`);
    const found = await escapes(place, thief, await place.left(), left(crowd.live));
    wrong.push(...found.map((what) => `round ${round}: ${what}`));
  }
  return wrong;
}

async function signsInAgain(place: Place): Promise<void> {
  const cookie = await signIn(place.session, 'new');
  expect(await isSignedIn(place, cookie)).toBe(true);
  expect((await listAll(place.session)).map(({ data }) => data.device)).toContain('new');
}

export type WayName = keyof typeof ways;
export const ALL_WAYS: readonly WayName[] = ['revokeAll', 'revokeOthers', 'revoke'];

/** Where to try it. */
export interface Trial {
  readonly name: string;
  start(): Promise<Place>;
  readonly crowds: readonly Crowd[];
  readonly ways: readonly WayName[];
  readonly rounds: number;
}

export const ALONE: Crowd = { dead: 0, live: 0 };
export const FEW: Crowd = { dead: 100, live: 0 };
export const MANY: Crowd = { dead: 3000, live: 0 };
export const LIVE: Crowd = { dead: 0, live: 1000 };

/** Adds the tests of a thief who loops while sessions are revoked. */
export function testThief({ name, start, crowds, ways: names, rounds }: Trial): void {
  describe(name, () => {
    let place: Place;
    beforeAll(async () => {
      place = await start();
    });
    afterAll(() => place?.stop());

    describe.each(crowds)('among $dead dead entries and $live other sessions', (crowd) => {
      it.each(names)(
        'a thief whose session gets new IDs in a loop does not escape %s',
        TIMEOUT,
        async (way) => {
          expect(await chase(place, crowd, rounds, ways[way])).toEqual([]);
          await signsInAgain(place);
        },
      );
    });
  });
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
