import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bind, padded } from './statement.js';

const dollar = (position: number) => `$${position}`;

describe('bind', () => {
  it('lines values up with the placeholders of the dialect, also for a name that comes twice', () => {
    const text = 'UPDATE t SET n = :n WHERE id = :id AND n <> :n';
    const values = { id: 'a', n: 1 };
    expect(bind(text, values, dollar)).toEqual([
      'UPDATE t SET n = $1 WHERE id = $2 AND n <> $3',
      [1, 'a', 1],
    ]);
    expect(bind(text, values, () => '?')).toEqual([
      'UPDATE t SET n = ? WHERE id = ? AND n <> ?',
      [1, 'a', 1],
    ]);
  });

  it('writes a list as its items, and an empty one as what equals nothing', () => {
    expect(bind('id IN (:ids)', { ids: ['a', 'b'] }, dollar)).toEqual(['id IN ($1, $2)', ['a', 'b']]);
    expect(bind('id IN (:ids)', { ids: [] }, dollar)).toEqual(['id IN ($1)', [' ']]);
  });

  it('makes few different statements of many lengths of a list', () => {
    const textOf = (length: number) => bind('id IN (:ids)', { ids: Array(length).fill('a') }, () => '?')[0];
    const texts = Array.from({ length: 100 }, (_, index) => textOf(index + 1));
    expect(new Set(texts).size).toBe(8);
    expect(bind('id IN (:ids)', { ids: ['a', 'b', 'c'] }, dollar)[1]).toEqual(['a', 'b', 'c', 'c']);
  });

  it('sends null for a value that is not given', () => {
    expect(bind('n = :n', {}, dollar)).toEqual(['n = $1', [null]]);
    expect(bind('n = :n', { n: undefined as never }, dollar)).toEqual(['n = $1', [null]]);
  });

  it('never makes a value a part of the text', () => {
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(':id', '$1', "'", '\\', '$&', '`', '"'),
    );
    fc.assert(
      fc.property(value, fc.array(value), fc.integer(), (id, others, n) => {
        const values = { id, others, n };
        const text = 'SELECT :n WHERE id = :id AND id NOT IN (:others)';
        const [bound, sent] = bind(text, values, dollar);
        expect(sent).toEqual([n, id, ...padded(others.length > 0 ? others : [' '])]);
        const placeholders = sent.map((_, index) => `$${index + 1}`);
        expect(bound).toBe(`SELECT $1 WHERE id = $2 AND id NOT IN (${placeholders.slice(2).join(', ')})`);
      }),
    );
  });
});
