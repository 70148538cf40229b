import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { OpenLinks } from './open-links.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('lets a link go after a minute', () => {
  const links = new OpenLinks();
  const [first, second] = [links.make('one'), links.make('two')];
  vi.advanceTimersByTime(59_999);
  expect(links.take(first)).toBe('one');
  vi.advanceTimersByTime(1);
  expect(links.take(second)).toBeUndefined();
});
