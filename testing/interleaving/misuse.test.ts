import { expect, it } from 'vitest';
import nextAppSession from '../../src/index.js';
import { forEachInterleaving } from './for-each-interleaving.js';

const session = nextAppSession<{ n: number }>({
  name: 'misused',
  secret: 'a secret that is long enough to be one',
});
const read = (t: { read(): unknown }) => t.read();

/** Calls it as a test without types may. */
function call(given: {
  readonly session?: unknown;
  readonly options?: unknown;
  readonly handlers?: unknown;
  readonly check?: unknown;
}): Promise<unknown> {
  const { session: app = session, options = {}, handlers = [read, read], check = () => {} } = given;
  return Reflect.apply(forEachInterleaving, undefined, [app, options, handlers, check]);
}

it.each([
  ['handlers that are no list', { handlers: read }, /the handlers are a list of 1 to 26 functions/],
  ['no handlers', { handlers: [] }, /the handlers are a list of 1 to 26 functions/],
  ['too many handlers', { handlers: Array(27).fill(read) }, /the handlers are a list of 1 to 26 functions/],
  [
    'a handler that was called',
    { handlers: [Promise.resolve()] },
    /each handler is a function.*\(t\) => t\.route\(POST\)/,
  ],
  ['no check', { check: null }, /check is a function/],
  ['an option that does not exist', { options: { faulty: true } }, /faulty.*faults/],
  ['setup', { options: { setup: read } }, /setup.*Use before/],
  ['before that is no function', { options: { before: {} } }, /option before takes a function/],
  ['a word for faults', { options: { faults: 'yes' } }, /option faults is true or false/],
  ['max of nothing', { options: { max: 0 } }, /option max is a whole number above 0/],
  ['a seed that is a part', { options: { seed: 0.5 } }, /option seed is a whole number/],
  ['a replay that is a list', { options: { replay: ['a'] } }, /option replay is the text of a rejection/],
  ['a store that is none', { options: { store: {} } }, /option store/],
  ['no session', { session: {} }, /takes what nextAppSession\(…\) returned/],
])('refuses %s', async (_, given, message) => {
  await expect(call(given)).rejects.toMatchObject({
    code: 'ERR_SESSION_TESTING',
    message: expect.stringMatching(message),
  });
});

it('refuses a replay that does not fit, with what could be next', async () => {
  const options = { data: { n: 1 }, replay: 'a a a a b' };
  await expect(call({ options })).rejects.toMatchObject({
    code: 'ERR_SESSION_TESTING',
    message:
      'forEachInterleaving: the option replay does not fit the handlers any more. It has a where only b can be next. ' +
      'Leave it out, to run all orders.',
  });
});

it('refuses handlers that never end', async () => {
  const forever = async (t: { read(): Promise<unknown> }) => {
    for (;;) await t.read();
  };
  await expect(call({ options: { data: { n: 1 } }, handlers: [forever] })).rejects.toMatchObject({
    code: 'ERR_SESSION_TESTING',
    message:
      'forEachInterleaving: the handlers do not end. They have made 1000 steps. One that asks again until another has done ' +
      'something needs a limit: in one of the orders, that other one comes last.',
  });
});

it('rejects for initial data that is not JSON', async () => {
  const options = { data: { n: Number.NaN } };
  await expect(call({ options })).rejects.toMatchObject({ code: 'ERR_SESSION_DATA' });
});
