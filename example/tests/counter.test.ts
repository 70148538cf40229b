import 'next-app-session/testing/vitest';
import { createSessionTester } from 'next-app-session/testing';
import { describe, expect, it } from 'vitest';
import { POST as countNaively, DELETE as resetNaively } from '@/app/api/counter/naive/route';
import { DELETE, GET, POST } from '@/app/api/counter/route';
import { session } from '@/lib/session';

describe('the counter', () => {
  it('starts a session at the first click', async () => {
    const t = createSessionTester(session);
    const { response, cookies } = await t.route(POST, { method: 'POST' });
    expect(await response.json()).toEqual({ count: 1 });
    expect(cookies).toMatchObject([{ name: 'sid', httpOnly: true, sameSite: 'lax', maxAge: 604_800 }]);
  });

  it('is read without a session, and creates none', async () => {
    const t = createSessionTester(session);
    const { response } = await t.route(GET);
    expect(await response.json()).toEqual({ count: 0 });
    expect(t).toHaveStoreCalls([]);
    await expect(t).not.toHaveSession();
  });

  it('counts every one of twenty clicks at once', async () => {
    const t = createSessionTester(session, { data: { count: 0 } });
    await Promise.all(Array.from({ length: 20 }, () => t.route(POST, { method: 'POST' })));
    await expect(t).toHaveSessionValue('count', 20);
  });

  it('counts a click on top of what another server wrote meanwhile', async () => {
    const t = createSessionTester(session, { data: { count: 1 } });
    t.store.conflict();
    await t.route(POST, { method: 'POST' });
    await expect(t).toHaveSessionValue('count', 2);
    expect(t).toHaveStoreCalls(['get', 'set conflict', 'get', 'set ok']);
  });

  it('is reset', async () => {
    const t = createSessionTester(session, { data: { count: 3, name: 'Ada' } });
    await t.route(DELETE, { method: 'DELETE' });
    await expect(t).toHaveSession({ name: 'Ada' });
  });

  it.each([
    ['of another site', { 'sec-fetch-site': 'cross-site' }],
    ['of the same site', { 'sec-fetch-site': 'same-site' }],
    ['in a browser that sends only Origin', { origin: 'https://evil.example', host: 'localhost' }],
  ])('refuses a page of another origin, %s', async (_, headers) => {
    const t = createSessionTester(session, { data: { count: 1 }, headers });
    for (const [route, method] of [
      [POST, 'POST'],
      [DELETE, 'DELETE'],
      [countNaively, 'POST'],
      [resetNaively, 'DELETE'],
    ] as const) {
      expect((await t.route(route, { method })).response.status).toBe(403);
    }
    await expect(t).toHaveSession({ count: 1 });
  });

  it.each([
    ['says so', { 'sec-fetch-site': 'same-origin' }],
    ['sends only Origin', { origin: 'http://localhost', host: 'localhost' }],
  ])('counts clicks on its own page, in a browser that %s', async (_, headers) => {
    const t = createSessionTester(session, { data: { count: 1 }, headers });
    await t.route(POST, { method: 'POST' });
    await expect(t).toHaveSessionValue('count', 2);
  });

  it('loses nothing when the store is away', async () => {
    const t = createSessionTester(session, { data: { count: 1 } });
    t.store.fail('set', { times: 1 });
    await expect(t.route(POST, { method: 'POST' })).rejects.toMatchObject({ code: 'ERR_SESSION_STORE' });
    await expect(t).toHaveSessionValue('count', 1);
  });
});
