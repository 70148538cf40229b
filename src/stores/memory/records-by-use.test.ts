import { describe, expect, it } from 'vitest';
import { RecordsByUse } from './records-by-use.js';

function filled(...ids: string[]): RecordsByUse {
  const records = new RecordsByUse();
  for (const id of ids) records.set(id, `text of ${id}`);
  return records;
}

/** Returns the keys from the least to the most recently used. */
const order = (records: RecordsByUse) => [...records].map(([id]) => id).join('');

/** Looks at the records of one round, with `between` after each. Gives up after 100. */
function round(records: RecordsByUse, between: (id: string) => void = () => {}): string {
  let seen = '';
  for (let next = records.nextToCheck(); next && seen.length < 100; next = records.nextToCheck()) {
    seen += next.id;
    between(next.id);
  }
  return seen;
}

/** A round that is about to begin, as each one is after the one before. */
function atStart(records: RecordsByUse): RecordsByUse {
  round(records);
  return records;
}

describe('the order', () => {
  it('is that of the last use, by use or by set', () => {
    const records = filled('a', 'b', 'c', 'd');
    records.use('b');
    records.set('a', 'new');
    records.use('a');
    records.use('nothing');
    records.peek('c');
    expect(order(records)).toBe('cdba');
    expect(records.oldest).toBe('c');
    expect(records.peek('a')).toBe('new');
  });

  it('stays right when the oldest, one in the middle, the newest and the last one are deleted', () => {
    const records = filled('a', 'b', 'c', 'd', 'e');
    for (const id of ['a', 'c', 'e', 'nothing']) records.delete(id);
    expect(order(records)).toBe('bd');
    records.use('b');
    expect(order(records)).toBe('db');
    records.delete('b');
    records.delete('d');
    expect(records.oldest).toBeUndefined();
    expect(records.size).toBe(0);
    records.set('f', '');
    expect(order(records)).toBe('f');
  });
});

describe('a round of the sweep', () => {
  it('looks at each record once, and is followed by another', () => {
    const records = atStart(filled('a', 'b', 'c'));
    expect(round(records)).toBe('cba');
    expect(round(records)).toBe('cba');
    expect(round(atStart(new RecordsByUse()))).toBe('');
  });

  it('ends, though each record that it passes is used at once', () => {
    const records = atStart(filled('a', 'b', 'c', 'd'));
    expect(round(records, (id) => records.use(id))).toBe('dcba');
    expect(order(records)).toBe('dcba');
  });

  it('ends, though a record is written after each step', () => {
    const records = atStart(filled('a', 'b'));
    let n = 0;
    expect(round(records, () => records.set(String(n++), ''))).toBe('ba');
  });

  it('passes no record but those that are used or deleted meanwhile', () => {
    const records = atStart(filled('a', 'b', 'c', 'd', 'e'));
    const between = (id: string) => {
      if (id === 'e') records.use('d');
      if (id === 'c') records.delete('b');
    };
    expect(round(records, between)).toBe('eca');
  });

  it('goes on when what it has just looked at is deleted', () => {
    const records = atStart(filled('a', 'b', 'c'));
    expect(round(records, (id) => records.delete(id))).toBe('cba');
    expect(records.size).toBe(0);
  });
});
