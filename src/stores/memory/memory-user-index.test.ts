import { describe, expect, it } from 'vitest';
import { MemoryUserIndex } from './memory-user-index.js';

const MINUTE = 60_000;
const NOW = 1_800_000_000_000;
const ALL = { limit: 1000 };

const entry = (key: string, until = NOW + 60 * MINUTE) => ({ entry: `of-${key}`, key, until });

/** Adds enough entries of another user for the sweep to have seen all others. */
function sweep(index: MemoryUserIndex, now: number): void {
  for (let n = 0; n < 100; n++) index.add('eve', entry(`eve-${n}`, now + MINUTE), now);
}

const namesIn = (index: MemoryUserIndex, now = NOW) => index.list('ada', ALL, now)[0].map(({ id }) => id);

describe('entries that lead to nothing', () => {
  it('are removed as others are added, a minute after their last key was', () => {
    const index = new MemoryUserIndex((key) => key === 'live');
    for (const key of ['live', 'dead']) index.add('ada', entry(key), NOW);
    sweep(index, NOW + MINUTE / 2);
    expect(namesIn(index)).toEqual(['of-live', 'of-dead']);
    sweep(index, NOW + 2 * MINUTE);
    expect(namesIn(index)).toEqual(['of-live']);
  });

  it('stay while they are revoked: whoever revoked them may not have deleted their records', () => {
    const index = new MemoryUserIndex(() => false);
    index.add('ada', entry('one'), NOW);
    index.revoke('ada', ALL, NOW);
    sweep(index, NOW + 2 * MINUTE);
    expect(index.revoke('ada', ALL, NOW + 2 * MINUTE).map(({ id }) => id)).toEqual(['of-one']);
  });
});

it('entries are removed a minute after their end, also revoked ones', () => {
  const index = new MemoryUserIndex(() => true);
  for (const key of ['one', 'two']) index.add('ada', entry(key, NOW), NOW);
  index.revoke('ada', { ...ALL, only: ['of-two'] }, NOW);
  expect(namesIn(index, NOW + MINUTE)).toEqual(['of-one']);
  sweep(index, NOW + MINUTE + 1);
  expect(namesIn(index)).toEqual([]);
  expect(index.revoke('ada', ALL, NOW)).toEqual([]);
});

it('with only and except, revoke takes those in only', () => {
  const index = new MemoryUserIndex(() => true);
  for (const key of ['one', 'two']) index.add('ada', entry(key), NOW);
  const revoked = index.revoke('ada', { ...ALL, only: ['of-one'], except: ['of-one'] }, NOW);
  expect(revoked.map(({ id }) => id)).toEqual(['of-one']);
});

it('an index takes over the entries of another one, with their keys and whether they are revoked', () => {
  const [one, other] = [new MemoryUserIndex(() => true), new MemoryUserIndex(() => true)];
  one.add('ada', entry('one'), NOW);
  one.add('ada', { ...entry('two'), entry: 'of-one', from: 'one' }, NOW);
  one.add('ada', entry('three'), NOW);
  one.revoke('ada', { ...ALL, only: ['of-three'] }, NOW);
  other.addAll(one);
  expect(namesIn(other)).toEqual(['of-one']);
  expect(other.list('ada', ALL, NOW)[0].map(({ keys }) => [...keys])).toEqual([['one', 'two']]);
  expect(other.add('ada', { ...entry('four'), entry: 'of-three', from: 'three' }, NOW)).toBe(false);
});
