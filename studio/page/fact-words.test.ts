import { expect, it } from 'vitest';
import type { SessionState } from '../seen/seen-session.js';
import { factWords } from './fact-words.js';

const LIVE: SessionState = {
  is: 'live',
  users: ['ada', 7],
  listed: { device: 'a phone', isTrusted: true },
  createdAt: 0,
  lastSeenAt: null,
  expiresAt: 90_000_000,
  regeneratedAt: null,
  size: 2500,
};
const NOW = 3_600_000;
const textsOf = (state: SessionState, isHidden = false) =>
  Object.fromEntries(factWords(state, isHidden, NOW).map(({ title, text }) => [title, text]));

it('says what is known of a session', () => {
  expect(textsOf(LIVE)).toEqual({
    User: 'ada, 7',
    Listed: 'device: a phone, isTrusted: true',
    Created: '60 min ago',
    'Last seen': '',
    Ends: 'in 24 h',
    'Data size': '2.5 kB',
  });
  expect(factWords(LIVE, false, NOW)[2]?.full).toMatch(/19(70|69)/);
  expect(new Set(Object.values(textsOf({ is: 'gone' })))).toEqual(new Set(['']));
});

it('hides what comes from the data, and nothing where there is nothing', () => {
  expect(textsOf(LIVE, true)).toMatchObject({ User: '•••', Listed: '•••', 'Data size': '2.5 kB' });
  expect(textsOf({ ...LIVE, users: [], listed: {} }, true)).toMatchObject({ User: '', Listed: '' });
});
