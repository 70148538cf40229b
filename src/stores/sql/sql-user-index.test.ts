import { describe, expect, it, vi } from 'vitest';
import { callOptions } from '../../store-contract/store.js';
import { SqlStore } from './sql-store.js';

/** A client of MySQL whose `UPDATE` marks these many entries, which are gone when the next statement reads them. */
function removing(marked: number | undefined) {
  const query = vi.fn(async (text: string) => ({
    rows: [],
    rowCount: text.startsWith('UPDATE') ? marked : 0,
  }));
  return { query, users: new SqlStore({ client: { query }, dialect: 'mysql' }).users };
}

const gone = (entry: string) => ({ entry, records: [], isRecent: false });

describe('an entry that its own session removes between the two statements of revoke on MySQL', () => {
  it('counts as revoked: a handle would be called unknown otherwise', async () => {
    const { query, users } = removing(1);
    expect(await users.revoke('ada', { limit: 100, only: ['a'] }, callOptions())).toEqual([gone('a')]);
    expect(query).toHaveBeenCalledTimes(2);
  });

  it('is named once, however often it was asked for', async () => {
    const { users } = removing(2);
    const choice = { limit: 100, only: ['a', 'b', 'a'] };
    expect(await users.revoke('ada', choice, callOptions())).toEqual([gone('a'), gone('b')]);
  });

  it.each([
    ['one that was never there', 0, { only: ['a'] }],
    ['one of several of which not all were there', 1, { only: ['a', 'b'] }],
    ['one of all those of the user', 1, {}],
    ['one that is kept', 1, { except: ['a'] }],
    ['none that is asked for', 0, { only: [] }],
    ['one of a client that counts nothing', undefined, { only: ['a'] }],
  ])('is not made up: %s', async (_, marked, choice) => {
    const { users } = removing(marked);
    expect(await users.revoke('ada', { limit: 100, ...choice }, callOptions())).toEqual([]);
  });
});
