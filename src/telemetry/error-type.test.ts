import { expect, it } from 'vitest';
import { SessionError } from '../lib/errors.js';
import { errorType } from './error-type.js';

const failed = (cause: unknown) => new SessionError('ERR_SESSION_STORE', 'failed', { cause });

it.each([
  [new SessionError('ERR_SESSION_STORE_TIMEOUT', 'late'), 'ERR_SESSION_STORE_TIMEOUT'],
  [failed(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })), 'ECONNREFUSED'],
  [failed(Object.assign(new Error('write'), { code: 'EPIPE' })), 'EPIPE'],
  [failed(Object.assign(new Error('query'), { code: '23505' })), 'SQLSTATE_23'],
  [failed(Object.assign(new Error('query'), { code: 'ER_LOCK_DEADLOCK', sqlState: '40001' })), 'SQLSTATE_40'],
  [
    failed(new Error('Failed query', { cause: Object.assign(new Error(), { code: '57014' }) })),
    'SQLSTATE_57',
  ],
  [failed(Object.assign(new Error('locked'), { code: 'SQLITE_BUSY' })), 'SQLITE_BUSY'],
  [failed(Object.assign(new Error('locked'), { code: 'SQLITE_BUSY_SNAPSHOT' })), 'SQLITE_BUSY'],
  [failed(Object.assign(new Error('of Prisma'), { code: 'P2010' })), '_OTHER'],
  [failed(new Error("OOM command not allowed when used memory > 'maxmemory'")), 'OOM'],
  [failed(new Error('READONLY You can’t write against a read only replica')), 'READONLY'],
  [failed(new Error('SECRET in the first word')), '_OTHER'],
  [failed(new Error('Connection is closed.')), 'NO_CONNECTION'],
  [failed(new Error("Stream isn't writeable and enableOfflineQueue options is false")), 'NO_CONNECTION'],
  [failed(new Error('The client is offline')), 'NO_CONNECTION'],
  [failed(new Error('Connection terminated unexpectedly')), 'NO_CONNECTION'],
  [failed(Object.assign(new Error('lost'), { code: 'PROTOCOL_CONNECTION_LOST' })), 'NO_CONNECTION'],
  [failed(Object.assign(new Error('closed'), { code: 'CONNECTION_CLOSED' })), 'NO_CONNECTION'],
  [failed('no error'), '_OTHER'],
  [failed(undefined), '_OTHER'],
  [new Error('of another library'), '_OTHER'],
])('%s has the type %s', (error, type) => {
  expect(errorType(error)).toBe(type);
});
