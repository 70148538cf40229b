import expressSession from 'express-session';
import { createElement } from 'react';
import { describe, expect, it } from 'vitest';
import nextAppSession from '../../src/index.js';
import { createSessionTester, InspectableStore, mockCookies } from '../index.js';

const session = nextAppSession<{ user: string }>({ secret: 'a secret of these tests' });

async function POST() {
  await session().set('user', 'ada');
  return Response.json({});
}

/** Calls the tester as TypeScript would not allow. */
type Loose = Record<string, (...args: unknown[]) => unknown>;
const tester = () => createSessionTester(session) as unknown as Loose & { store: Loose };

async function message(act: () => unknown): Promise<string> {
  const error = await (async () => act())().then(
    () => new Error('Nothing was thrown.'),
    (thrown) => thrown,
  );
  expect(error).toMatchObject({ code: 'ERR_SESSION_TESTING' });
  return error.message;
}

describe('what is passed in place of a handler', () => {
  class Page {}
  it.each<[method: string, given: () => unknown, says: string, use: string]>([
    ['route', () => POST(), 'a promise: the code was called', 't.route(POST, { body })'],
    ['route', () => Response.json({}), 'a Response: the handler was called', 't.route(POST, { body })'],
    ['route', () => undefined, 'undefined. Check the name that the test imports', 't.route(POST, { body })'],
    ['route', () => ({ POST }), 'a value of type object', 't.route(POST, { body })'],
    ['proxy', () => Promise.resolve(), 'a promise', 't.proxy(proxy, { url })'],
    ['pages', () => null, 'null', 't.pages(handler, { query })'],
    ['action', () => POST(), 'a promise', 't.action(() => signIn(data))'],
    ['serverSideProps', () => POST(), 'a promise', 't.serverSideProps(getServerSideProps, { params })'],
    ['component', () => createElement('p'), 'an element', 't.render(<Page />)'],
    ['render', () => Page, 'a class', 't.render(<Page />)'],
    ['render', () => POST, 'a function', 't.render(<Page />)'],
    ['render', () => POST(), 'a promise: the code was called, not passed', 't.render(<Page />)'],
    ['render', () => undefined, 'undefined. Check the name', 't.render(<Page />)'],
    ['render', () => '<p>', 'a value of type string', 't.render(<Page />)'],
    ['component', () => Page, 'a class', 't.component(() => Page(props))'],
    ['within', () => POST(), 'a promise', 't.within(() => …)'],
  ])('t.%s(…) of %s', async (method, given, says, use) => {
    const text = await message(() => tester()[method]?.(given()));
    expect(text).toContain(`t.${method}() got ${says}`);
    expect(text).toContain(use);
  });

  it('a phase that does not exist', async () => {
    expect(await message(() => tester().run?.('actoin', POST))).toContain('Did you mean action?');
  });
});

describe('options that do not exist', () => {
  it.each<[what: string, act: () => unknown, fix: string]>([
    ['createSessionTester', () => createSessionTester(session, { dta: {} } as never), 'Did you mean data?'],
    ['createSessionTester', () => createSessionTester(session, { user: 'ada' } as never), 'Put it into data'],
    ['a request', () => tester().route?.(POST, { boddy: {} }), 'Did you mean body?'],
    ['a request', () => tester().route?.(POST, { query: {} }), 'Put it into url'],
    ['a request', () => tester().pages?.(POST, { params: {} }), 't.pages() has query'],
    ['a request', () => tester().action?.(POST, { json: {} }), 'Use body'],
    [
      'a Request as a request',
      () => tester().route?.(POST, new Request('http://localhost')),
      'The tester makes the request itself. Give it as options: { method, url, headers, body, params }',
    ],
    ['a URL as a request', () => tester().route?.(POST, '/account'), 'The tester makes the request itself'],
    ['fail()', () => tester().store.fail?.('get', { time: 1 }), 'Did you mean times?'],
    ['mockCookies', () => mockCookies({}, { phse: 'render' } as never), 'Did you mean phase?'],
    ['mockCookies', () => mockCookies({}, { phase: 'rendr' as never }), 'Did you mean render?'],
  ])('%s', async (_, act, fix) => {
    expect(await message(act)).toContain(fix);
  });
});

describe('faults that would never come', () => {
  it.each<[call: (store: Loose) => unknown, says: string]>([
    [(store) => store.fail?.('gett'), 'fail(): the store operation gett does not exist. Did you mean get?'],
    [(store) => store.fail?.('read'), 'There are get, set, destroy'],
    [(store) => store.fail?.(), 'the store operation undefined'],
    [(store) => store.delay?.('Set', 5), 'Did you mean set?'],
    [(store) => store.delay?.('set'), 'delay(): the milliseconds: give a number'],
    [(store) => store.delay?.('set', Number.NaN), 'give a number'],
    [(store) => store.fail?.('set', { times: -1 }), 'fail() option times: give a number'],
    [(store) => store.conflict?.('2'), 'conflict(): the number of writes'],
  ])('%s', async (call, says) => {
    expect(await message(() => call(new InspectableStore() as unknown as Loose))).toContain(says);
  });
});

describe('a clock that would not move as the test says', () => {
  it.each<[duration: unknown, says: string]>([
    [5000, 'advance() takes units: { ms: 5000 } or { seconds: 5000 }'],
    [{ days: -1 }, 'forward only, so for days'],
    [{ seconds: Number.NaN }, 'for seconds: give a number, 0 or more'],
    [{ minutes: '5' }, 'for minutes: give a number'],
    [{ days: Number.POSITIVE_INFINITY }, 'for days: give a number'],
    [{ day: 1 }, 'advance() option day: there is no such option. Did you mean days?'],
    [{ milliseconds: 1 }, 'Use ms'],
    [undefined, 'give an object'],
  ])('advance(%j)', async (duration, says) => {
    const t = tester();
    const before = t.now;
    expect(await message(() => t.advance?.(duration))).toContain(says);
    expect(t.now).toBe(before);
  });

  it('a start that is no time', async () => {
    expect(await message(() => createSessionTester(session, { now: new Date('soon') }))).toContain(
      'option now',
    );
  });
});

it('a store of express-session that is not wrapped', async () => {
  const store = new expressSession.MemoryStore() as never;
  expect(await message(() => createSessionTester(session, { store }))).toContain('promisifyStore(store)');
});

it('a handler that is called without a tester: the error names createSessionTester', async () => {
  await expect(POST()).rejects.toMatchObject({
    code: 'ERR_SESSION_NO_REQUEST',
    message: expect.stringContaining('createSessionTester of next-app-session/testing'),
  });
});
