import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BrowserLoops, LoopedBrowser, Looping } from './looping-visits.mjs';
import { ask, exchange } from './revocation-app.mjs';
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
export const TIMEOUT = { timeout: 300_000 };

/** How a browser asks for new IDs: from one tab or from several, by a page that reads first or that does not. */
export function loopsOf(round: number, cookie: string): BrowserLoops {
  const page = round % 4 < 2 ? 'renew if signed in' : 'renew';
  return { cookie, page, loops: round % 2 === 0 ? 1 : 8 };
}

/** What may happen to a request whose session is revoked or moves. */
export const FAIR = ['ok', 'ERR_SESSION_GONE'];

/** A way to revoke the stolen session, among others. */
interface Way {
  revoke(place: Place, sessions: Sessions): Promise<unknown>;
  /** What the call returns, with so many others. A thief who is on the move may be counted or not. */
  returns(others: number): readonly unknown[];
  /** What the user is left with. */
  left(others: number): { readonly devices: readonly string[]; readonly entries: number | null };
}

export const ways = {
  revokeAll: {
    revoke: ({ session }) => session.user('ada').revokeAll(),
    // With the stolen one, unless its own request finds out that it is revoked, and is the first to end it.
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
  /** Where sessions have two users. */
  'revokeAll of the second user': {
    revoke: ({ session }) => session.user('on stolen').revokeAll(),
    // As above, the stolen one is counted unless its own request is the first to end it.
    returns: () => [0, 1],
    left: (others) => ({
      devices: ['owner', ...Array(others).fill('other')].sort(),
      entries: 1 + others,
    }),
  },
} satisfies Record<string, Way>;

export const isSignedIn = async ({ session }: Place, cookie: string) =>
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
export async function during<Result, T>(
  looping: Looping<Result>,
  action: () => Promise<T>,
): Promise<[T, Result]> {
  const acting = action();
  const looped = await acting.then(looping.stop, looping.stop);
  return [await acting, looped];
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
/** The ways to revoke a session of two users, and among whom. Each index shows dead entries to its own user only. */
export const OF_TWO_USERS = {
  crowds: [{ dead: 0, live: 20 }],
  ways: ['revokeAll', 'revokeAll of the second user'],
} satisfies Pick<Trial, 'crowds' | 'ways'>;
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
