import { expect, it } from 'vitest';
import { relativeTime, shortened } from './format.js';

const SECOND = 1000;
const DAY = 86_400 * SECOND;

it.each([
  [-119 * SECOND, '119 s ago'],
  [-2 * 60 * SECOND, '2 min ago'],
  [0, '0 s ago'],
  [DAY, 'in 24 h'],
  [30 * DAY, 'in 30 d'],
])('says what is %d ms away', (away, text) => {
  expect(relativeTime(5 * DAY + away, 5 * DAY)).toBe(text);
});

it('shortens a long text alone, and cuts no letter in two', () => {
  expect(shortened('a'.repeat(200))).toBe('a'.repeat(200));
  expect(shortened('😀'.repeat(300))).toBe(`${'😀'.repeat(200)} … (600 letters)`);
});
