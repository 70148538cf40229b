import { expect, it } from 'vitest';
import { isPlain } from './store-words.js';

/** What Node, servers and drivers say, in their own words. */
const REAL = `
connect ECONNREFUSED
read ECONNRESET
write EPIPE
socket hang up
fetch failed
This operation was aborted
The operation was aborted due to timeout
Client network socket disconnected before secure TLS connection was established
unable to verify the first certificate
self-signed certificate in certificate chain
certificate has expired
Connection is closed.
Stream isn't writeable and enableOfflineQueue options is false
Cluster isn't ready and enableOfflineQueue options is false
Command timed out
None of startup nodes is available
Failed to refresh slots cache.
All sentinels are unreachable and retry is disabled.
The client is closed
The client is offline
Socket closed unexpectedly
Connection timeout
READONLY You can't write against a read only replica.
LOADING Redis is loading the dataset in memory
BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.
MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.
NOREPLICAS Not enough good replicas to write.
NOAUTH Authentication required.
WRONGPASS invalid username-password pair or user is disabled.
NOPERM No permissions to access a key
CLUSTERDOWN The cluster is down
CLUSTERDOWN Hash slot not served
WRONGTYPE Operation against a key holding the wrong kind of value
TRYAGAIN Multiple keys request during rehashing of slot
OOM command not allowed when used memory > 'maxmemory'.
MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk. Commands that may modify the data set are disabled, because this instance is configured to report errors during writes if RDB snapshotting fails (stop-writes-on-bgsave-error option). Please check the Redis logs for details about the RDB error.
ERR max number of clients reached
Connection terminated unexpectedly
Connection terminated due to connection timeout
timeout exceeded when trying to connect
Query read timeout
Client has encountered a connection error and is not queryable
Cannot use a pool after calling end on the pool
terminating connection due to administrator command
the database system is starting up
the database system is shutting down
the database system is in recovery mode
sorry, too many clients already
remaining connection slots are reserved for roles with the SUPERUSER attribute
canceling statement due to statement timeout
canceling statement due to lock timeout
deadlock detected
could not serialize access due to concurrent update
cannot execute UPDATE in a read-only transaction
current transaction is aborted, commands ignored until end of transaction block
Too many connections
Deadlock found when trying to get lock; try restarting transaction
Lock wait timeout exceeded; try restarting transaction
Connection lost: The server closed the connection.
Can't add new command when connection is in closed state
Pool is closed.
Queue limit reached.
MySQL server has gone away
database is locked
database table is locked
attempt to write a readonly database
disk I/O error
database disk image is malformed
database or disk is full
unable to open database file
file is not a database
The database connection is not open
Knex: Timeout acquiring a connection. The pool is probably full. Are you missing a .transacting(trx) call?
No space left on device
Service Unavailable
Internal Server Error
Too Many Requests
`;

it.each(REAL.trim().split('\n'))('passes: %s', (text) => {
  expect(isPlain(text)).toBe(true);
});

it.each([
  'bad value ada',
  'duplicate key (1234)',
  'rejected {"user":"ada"}',
  'cannot read YWRhQGV4YW1wbGUuY29t',
  'cannot read 616461',
  'invalid: %61%64%61',
  'ключ',
  'connection closed\u0000',
  'read only '.repeat(99),
])('does not pass: %s', (text) => {
  expect(isPlain(text)).toBe(false);
});
