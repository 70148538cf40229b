import { expect, it } from 'vitest';
import { type Shown, shownIn, textOf } from './shown.js';

const start = shownIn(null, 'a');
const chosen: Shown = { ...start, view: 'sessions', session: 'AbC', request: 12, isHidden: true };

it('begins with all requests', () => {
  expect(start).toMatchObject({ view: 'requests', request: null, session: null, isHidden: false });
});

it('comes back as it was', () => {
  expect(shownIn(textOf(chosen, 'a'), 'a')).toEqual(chosen);
});

it('forgets the requests and sessions of another process, and keeps values hidden', () => {
  expect(shownIn(textOf(chosen, 'a'), 'b')).toEqual({ ...start, isHidden: true });
});
