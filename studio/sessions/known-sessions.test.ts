import { expect, it } from 'vitest';
import { Handles } from './handles.js';
import { KnownSessions } from './known-sessions.js';

it('knows the last thousand sessions, those seen last first', () => {
  const known = new KnownSessions(new Handles());
  const first = known.addIndexed('sid', 'key');
  for (let n = 1; n < 1000; n++) known.addIndexed('sid', `key ${n}`);
  known.add('sid', 'key');
  const last = known.addIndexed('sid', 'one more');
  expect(known.all).toHaveLength(1000);
  expect(known.all[0]).toMatchObject({ handle: last, key: 'one more' });
  expect(known.find(first)).toBeDefined();
  expect(known.all.map(({ key }) => key)).not.toContain('key 1');
});

it('takes a key for a session only if a cookie or an index leads to it', () => {
  const known = new KnownSessions(new Handles());
  const lease = known.add('sid', 'a lease');
  const session = known.add('sid', 'an ID');
  known.addId('sid', 'an ID');
  expect([lease, session].map((handle) => known.isSession(handle))).toEqual([false, true]);
  expect(known.all).toMatchObject([{ handle: session }]);
});

it('forgets the IDs of sessions that nobody has shown for long', () => {
  const known = new KnownSessions(new Handles());
  const handle = known.add('sid', 'first');
  known.addId('sid', 'first');
  expect(known.idOf(handle)).toBe('first');
  for (let n = 0; n < 2000; n++) known.addId('sid', `id-${n}`);
  expect(known.idOf(handle)).toBeUndefined();
});

it('has handles that lead to no key, and differ by cookie name and by process', () => {
  const handles = new Handles();
  expect(handles.of('sid', 'key')).toBe(handles.of('sid', 'key'));
  expect(
    new Set([handles.of('sid', 'key'), handles.of('other', 'key'), new Handles().of('sid', 'key')]).size,
  ).toBe(3);
});
