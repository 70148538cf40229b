import { expect, it } from 'vitest';
import type { SessionState } from '../seen/seen-session.js';
import { factsOf } from './session-facts.js';

const LIVE: SessionState = {
  is: 'live',
  users: ['ada', 7],
  listed: { device: 'a phone' },
  createdAt: 0,
  lastSeenAt: null,
  expiresAt: null,
  regeneratedAt: null,
  size: 2500,
};
const textsOf = (state: SessionState, isHidden = false) =>
  Object.fromEntries(factsOf(state, isHidden).map(({ title, text }) => [title, text]));

it('says what is known of a session', () => {
  expect(textsOf(LIVE)).toMatchObject({
    User: 'ada, 7',
    Listed: '{"device":"a phone"}',
    Created: expect.stringMatching(/19(70|69)/),
    'Last seen': '',
    Size: '2.5 kB',
  });
  expect(new Set(Object.values(textsOf({ is: 'gone' })))).toEqual(new Set(['']));
});

it('hides what comes from the data, and nothing where there is nothing', () => {
  expect(textsOf(LIVE, true)).toMatchObject({ User: '•••', Listed: '•••', Size: '2.5 kB' });
  expect(textsOf({ ...LIVE, users: [], listed: {} }, true)).toMatchObject({ User: '', Listed: '' });
});
