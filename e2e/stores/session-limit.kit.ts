import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import nextAppSession from 'next-app-session';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Browser } from './browser.kit.js';
import type { SharedStore, StoreKind } from './shared-stores.kit.js';

const MAX = 3;
/** How many sign-ins each process makes, 50 together, and how wrong its clock is. */
const PROCESSES = [
  { share: 13, aheadMs: 0 },
  { share: 13, aheadMs: 0 },
  { share: 12, aheadMs: 25_000 },
  { share: 12, aheadMs: -25_000 },
];

type Data = { userId: string };

/** What became of a sign-in, and the cookie that it has set. */
interface SignIn {
  readonly code: string;
  readonly cookie: string | null;
}

/** Adds the tests of a user who signs in 50 times at once, in four processes. */
export function testSessionLimit({ name, start }: StoreKind): void {
  describe(`maxSessions on ${name}, with 50 sign-ins in ${PROCESSES.length} processes, whose clocks differ`, () => {
    let shared: SharedStore;
    let processes: ChildProcess[];

    beforeAll(async () => {
      shared = await start();
      const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));
      processes = PROCESSES.map(({ aheadMs }) => {
        const env = { ...process.env, STORE_URL: shared.url, CLOCK_AHEAD_MS: String(aheadMs) };
        return fork(path('sign-in-process.mjs'), { env, execArgv: ['--import', path('shifted-clock.mjs')] });
      });
      await Promise.all(processes.map((child) => once(child, 'message')));
    });
    afterAll(async () => {
      for (const child of processes ?? []) child.kill();
      await shared?.stop();
    });
    beforeEach(() => shared.clear());

    async function signInEverywhere(onSessionLimit: 'end-oldest' | 'refuse'): Promise<SignIn[]> {
      const answers = processes.map(async (child, at) => {
        const answer = once(child, 'message');
        child.send({ onSessionLimit, maxSessions: MAX, signIns: PROCESSES[at]?.share });
        const [{ ended }] = await answer;
        return ended as SignIn[];
      });
      return (await Promise.all(answers)).flat();
    }

    const app = () =>
      nextAppSession<Data>({
        name: 'limit',
        secret: 'a secret',
        store: shared.store,
        user: ({ userId }) => userId,
        maxSessions: MAX,
        onSessionLimit: 'refuse',
      });

    /** Returns how many of the cookies still open the session of the user. */
    async function signedIn(signIns: readonly SignIn[]): Promise<number> {
      const users = signIns.map(({ cookie }) => {
        const [, value = ''] = cookie?.split('=') ?? [];
        return new Browser(app(), { limit: decodeURIComponent(value) }).visit((own) => own().get('userId'));
      });
      return (await Promise.all(users)).filter((user) => user === 'ada').length;
    }

    const count = (signIns: readonly SignIn[], code: string) =>
      signIns.filter((signIn) => signIn.code === code).length;

    it(`end-oldest: all sign in, and ${MAX} sessions are left`, async () => {
      const signIns = await signInEverywhere('end-oldest');
      expect(count(signIns, 'ok')).toBe(50);
      expect(await app().user('ada').list()).toHaveLength(MAX);
      expect(await signedIn(signIns)).toBe(MAX);
      // The lease is given back, and nothing of the ended sessions is left.
      expect(await shared.records()).toHaveLength(MAX);
    });

    it(`refuse: ${MAX} sign in, and there is room again when one of them signs out`, async () => {
      const signIns = await signInEverywhere('refuse');
      expect([count(signIns, 'ok'), count(signIns, 'ERR_SESSION_LIMIT')]).toEqual([MAX, 50 - MAX]);
      expect(signIns.filter(({ cookie }) => cookie !== null)).toHaveLength(MAX);
      expect(await signedIn(signIns)).toBe(MAX);
      expect(await shared.records()).toHaveLength(MAX);
      const [session] = await app().user('ada').list();
      await app()
        .user('ada')
        .revoke(session?.handle ?? '');
      expect(count(await signInEverywhere('refuse'), 'ok')).toBe(1);
    });
  });
}
