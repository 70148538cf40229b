import { expect, it } from 'vitest';
import { deliveryOf } from './delivery.js';

class ReplyError extends Error {
  override readonly name = 'ReplyError';
}
class ErrorReply extends Error {}
class SimpleError extends ErrorReply {}

const withFields = (message: string, fields: object) => Object.assign(new Error(message), fields);
const mysql = (errno: number, sqlState: string) => withFields('of MySQL', { code: 'ER_X', errno, sqlState });
const fatal = (code: string) => withFields('of PostgreSQL', { code, severity: 'FATAL' });
const postgres = (code: string) => withFields('of PostgreSQL', { code, severity: 'ERROR' });

it.each([
  ['ioredis', new ReplyError('ERR no such key')],
  ['node-redis', new SimpleError('ERR no such key')],
  ['a Redis client whose classes have short names', new Error('OOM command not allowed')],
  ['PostgreSQL: a value that is too long', postgres('22001')],
  ['PostgreSQL: a full disk', postgres('53100')],
  ['PostgreSQL: a read-only transaction', postgres('25006')],
  ['PostgreSQL: a statement that took too long', postgres('57014')],
  ['PostgreSQL: a serialization failure', postgres('40001')],
  ['PostgreSQL: a wrong password', fatal('28P01')],
  ['MySQL: a read-only server', mysql(1290, 'HY000')],
  ['MySQL: a deadlock', mysql(1213, '40001')],
  ['SQLite: a locked file', withFields('database is locked', { code: 'SQLITE_BUSY' })],
  ['SQLite: a full disk', withFields('database or disk is full', { code: 'SQLITE_FULL' })],
  ['Drizzle, around an error of PostgreSQL', new Error('Failed query', { cause: postgres('25006') })],
])('a server refused it: %s', (_, error) => {
  expect(deliveryOf(error)).toBe('refused');
});

it.each([
  ['ioredis', "Stream isn't writeable and enableOfflineQueue options is false"],
  ['a Cluster of ioredis', "Cluster isn't ready and enableOfflineQueue options is false"],
  ['node-redis, which reconnects', 'The client is offline'],
  ['node-redis, which was closed', 'The client is closed'],
  ['a pool of node-redis', 'Timeout waiting for a client after 3000ms'],
  ['pg, which got no connection', 'Connection terminated due to connection timeout'],
  ['a pool of pg that is exhausted', 'timeout exceeded when trying to connect'],
  ['a pool of pg that has ended', 'Cannot use a pool after calling end on the pool'],
  [
    'a client of pg whose connection is gone',
    'Client has encountered a connection error and is not queryable',
  ],
  ['knex', 'Knex: Timeout acquiring a connection. The pool is probably full.'],
  ['a pool of mysql2 with a full queue', 'Queue limit reached.'],
  ['a pool of mysql2 that has no queue', 'No connections available.'],
  ['mysql2', "Can't add new command when connection is in closed state"],
])('it was not sent: %s', (_, message) => {
  expect(deliveryOf(new Error(message))).toBe('unsent');
});

it.each([
  ['nobody listens', withFields('', { code: 'ECONNREFUSED' })],
  ['nobody has this name', withFields('', { code: 'EAI_AGAIN', syscall: 'getaddrinfo' })],
  ['nobody answers', withFields('connect ETIMEDOUT', { code: 'ETIMEDOUT', syscall: 'connect' })],
  ['postgres.js', withFields('', { code: 'CONNECT_TIMEOUT' })],
  ['PostgreSQL, which starts', postgres('57P03')],
  ['MySQL, which has too many connections', mysql(1040, '08004')],
])('it was not sent, since there is no connection: %s', (_, error) => {
  expect(deliveryOf(error)).toBe('unsent');
});

it.each([
  ['a node that has only some of the keys', 'TRYAGAIN Multiple keys request during rehashing of slot'],
  ['a node that has none of them any more', 'ASK 866 127.0.0.1:7001'],
  ['nobody who serves them', 'CLUSTERDOWN Hash slot not served'],
  [
    'ioredis, which gave up',
    'Too many Cluster redirections. Last error: ReplyError: MOVED 866 127.0.0.1:7001',
  ],
  ['node-redis, which gave up', 'Too many Cluster redirections'],
])('its slot moves: %s', (_, message) => {
  expect(deliveryOf(new Error(message))).toBe('moving');
});

it.each<[string, unknown]>([
  ['ioredis lost the connection', new Error('Connection is closed.')],
  [
    '@upstash/redis, whose last try found nobody, after one that may have been sent',
    Object.assign(new Error('fetch failed', { cause: withFields('', { syscall: 'connect' }) }), {
      name: 'UpstashError',
    }),
  ],
  ['ioredis gave up', new Error('Reached the max retries per request limit (which is 0).')],
  [
    'a Cluster of ioredis lost the connection',
    new Error('Too many Cluster redirections. Last error: Error: Connection is closed.'),
  ],
  ['node-redis lost the connection', new Error('Socket closed unexpectedly')],
  ['node-redis was destroyed', new Error('Disconnects client')],
  ['a socket', withFields('read ECONNRESET', { code: 'ECONNRESET', syscall: 'read' })],
  ['a code of five letters', withFields('write EPIPE', { code: 'EPIPE' })],
  ['Prisma, whose codes look like SQLSTATEs', withFields('closed', { code: 'P1017' })],
  ['PostgreSQL: a lost connection', postgres('08006')],
  ['PostgreSQL: a shutdown', postgres('57P01')],
  ['PostgreSQL: unknown completion', postgres('40003')],
  ['PostgreSQL: a server that broke', fatal('58030')],
  ['MySQL: a shutdown', mysql(1053, '08S01')],
  ['MySQL: a connection that somebody ended', mysql(1927, '70100')],
  ['mysql2 lost the connection', withFields('Connection lost', { code: 'PROTOCOL_CONNECTION_LOST' })],
  ['SQLite: a file that it could not write', withFields('disk I/O error', { code: 'SQLITE_IOERR_WRITE' })],
  ['an error whose cause has no end', endless()],
  ['no error', 'OOM command not allowed'],
  ['nothing', undefined],
  ['a revoked Proxy', revoked()],
])('nobody can tell: %s', (_, error) => {
  expect(deliveryOf(error)).toBe('unknown');
});

function endless(): unknown {
  const error = new Error('again');
  error.cause = error;
  return error;
}

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable(new Error('gone'), {});
  revoke();
  return proxy;
}
