import { expect, it } from 'vitest';
import nextAppSession, { type SessionError } from '../../src/index.js';
import { forEachInterleaving } from './for-each-interleaving.js';

const session = nextAppSession<{ n: number }>({
  name: 'words',
  secret: 'a secret that is long enough to be one',
});

const messageOf = async (race: Promise<unknown>) =>
  ((await race.catch((error: unknown) => error)) as SessionError).message;

it('an order says where the clock was moved', async () => {
  const race = forEachInterleaving(
    session,
    { data: { n: 1 } },
    [
      async (t) => {
        await t.action(() => session().get('n'));
        return t.action(() => session().get('n'));
      },
      (t) => t.advance({ days: 2 }),
    ],
    (_t, [second]) => expect(second.result === null).toBe(false),
  );
  expect(await messageOf(race)).toMatch(/b moved the clock, .*a found no session/);
});

it('an order without a call of the store says so', async () => {
  const race = forEachInterleaving(session, {}, [() => {}], () => {
    throw new Error('always');
  });
  expect(await messageOf(race)).toBe(
    'This is no race. Even one after the other, the handlers fail: no call of the store: the check threw always',
  );
});
