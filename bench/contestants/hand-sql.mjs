// The handler by hand on PostgreSQL: one SELECT, one UPDATE, one INSERT. It loses updates.
import { byHand } from './hand.mjs';

export const HAND_TABLE = `
CREATE TABLE hand (id text PRIMARY KEY, data text NOT NULL, expires_at timestamptz NOT NULL);
CREATE INDEX hand_expires_at ON hand (expires_at)`;

const IN_A_DAY = "now() + interval '1 day'";
const READ = 'SELECT data FROM hand WHERE id = $1 AND expires_at > now()';
const CREATE = `INSERT INTO hand (id, data, expires_at) VALUES ($1, $2, ${IN_A_DAY})`;
const WRITE = `UPDATE hand SET data = $2, expires_at = ${IN_A_DAY} WHERE id = $1`;

export const handOnSql = (next) =>
  byHand(next, {
    read: async (id) => (await next.pool.query(READ, [id])).rows[0]?.data,
    create: (id, text) => next.pool.query(CREATE, [id, text]),
    write: async (load, update) => {
      const { id, data } = await load();
      await next.pool.query(WRITE, [id, JSON.stringify(update(data))]);
    },
  });
