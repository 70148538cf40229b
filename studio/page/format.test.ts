import { expect, it } from 'vitest';
import { relativeTime, shortened } from './format.js';

const SECOND = 1000;
const DAY = 86_400 * SECOND;

it.each([
  [-119 * SECOND, '119 s ago'],
  [-2 * 60 * SECOND, '2 min ago'],
  [0, '0 s ago'],
  [7_199_900, 'in 2 h'],
  [7_140 * SECOND, 'in 119 min'],
  [119_600, 'in 2 min'],
  [DAY, 'in 24 h'],
  [2 * DAY - 5, 'in 2 d'],
  [30 * DAY, 'in 30 d'],
])('says what is %d ms away', (away, text) => {
  expect(relativeTime(5 * DAY + away, 5 * DAY)).toBe(text);
});

it('shortens a long text alone, and cuts no letter in two', () => {
  expect(shortened('a'.repeat(200))).toBe('a'.repeat(200));
  expect(shortened('😀'.repeat(300))).toBe(`${'😀'.repeat(200)} … (600 letters)`);
});
