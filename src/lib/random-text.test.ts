import { expect, it } from 'vitest';
import { randomText } from './random-text.js';

it('returns other letters at each call, of all lengths, far beyond what is asked for at once', () => {
  const texts = Array.from({ length: 2000 }, (_, at) => randomText(16 + (at % 7)));
  expect(new Set(texts.map((text) => text.slice(0, 16))).size).toBe(2000);
  for (const [at, text] of texts.entries()) expect(text).toMatch(new RegExp(`^[\\w-]{${16 + (at % 7)}}$`));
});

it('uses each of the 64 letters about as often as the others', () => {
  const counts = new Map<string, number>();
  for (let at = 0; at < 64_000; at++) {
    const letter = randomText(1);
    counts.set(letter, (counts.get(letter) ?? 0) + 1);
  }
  expect(counts.size).toBe(64);
  // 1,000 of each, with a standard deviation of 31: eight of them are never seen.
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(250);
});
