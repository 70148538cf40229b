import nextAppSession from 'next-app-session';
import { RedisStore } from 'next-app-session/redis';
import { auditSession } from 'next-app-session/testing';
import { expect, it } from 'vitest';
import { Browser } from './browser.kit.js';
import { redisOfTests } from './redis.kit.js';

const { client } = await redisOfTests();

const session = nextAppSession<{ user: string }>({
  name: '__Host-sid',
  secret: 'q7Jm2Zx9Vb4Tn6Rk8Pw1Ls3Hd5Gf0Cy=',
  encryptionKey: 'Tn6Rk8Pw1Ls3Hd5Gf0Cyq7Jm2Zx9Vb4=',
  cookie: { secure: true },
  idleTimeout: 3600,
  absoluteTimeout: 86_400,
  user: ({ user }) => user,
  maxSessions: 5,
  store: async () => new RedisStore({ client }),
});

it('an audit of sessions in Redis finds nothing to change for level 2, and leaves the sessions alone', async () => {
  await new Browser(session).visit((own) => own().set('user', 'ada'));
  const dump = async () => Promise.all((await client.keys('*')).sort().map((key) => client.dumpBuffer(key)));
  const before = await dump();
  const rows = await auditSession(session, { level: 2 });
  expect(rows.filter(({ status }) => status === 'setting')).toEqual([]);
  const because = new Map(rows.map((row) => [row.requirement, row.because]));
  expect(because.get('7.2.1')).toContain('Records are sealed');
  expect(because.get('7.2.3')).toContain('The store sees a hash of it.');
  expect(because.get('7.4.1')).toContain('no slow request writes it back');
  expect(await dump()).toEqual(before);
  expect(before).toHaveLength(3);
});
