// express-session with connect-redis or connect-pg-simple, for reference: it has no part in Next, so it runs on Node's own request and
// response.
import { readFileSync } from 'node:fs';
import { IncomingMessage, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { Socket } from 'node:net';
import connectPgSimple from 'connect-pg-simple';
import { sign } from 'cookie-signature';
import expressSession from 'express-session';
import { isNewNode } from '../runtimes.mjs';

const { RedisStore } = await import(isNewNode ? 'connect-redis10' : 'connect-redis');

const PostgresStore = connectPgSimple(expressSession);
const secret = 'a secret of the benchmark, 32 letters';
const KEYS = ['k0', 'k1', 'k2', 'k3', 'k4'];

export function expressWorks() {
  const readFive = (request) => KEYS.map((key) => request.session[key]);
  const increment = (request) => {
    request.session.n += 1;
  };
  const set = (request, key = 'k0', value = 'v') => {
    request.session[key] = value;
  };
  return {
    data: ({ session: { cookie: _, ...data } }) => data,
    'read 1': (request) => request.session.k0,
    'read 5': readFive,
    'read 5 at once': readFive,
    increment,
    'read, increment': increment,
    set,
    create: set,
    regenerate: (request) =>
      new Promise((resolve, reject) => {
        const { cookie: _, ...data } = request.session;
        request.session.regenerate((error) => {
          if (error) return reject(error);
          Object.assign(request.session, data);
          resolve();
        });
      }),
  };
}

/** The middleware, on this client of node-redis. */
export function expressMiddleware(client) {
  return middlewareOn(new RedisStore({ client, prefix: 'express:' }));
}

function middlewareOn(store) {
  const middleware = expressSession({
    name: 'express',
    secret,
    store,
    resave: false,
    saveUninitialized: false,
  });
  const seed = async (data) => {
    const id = Math.random().toString(36).slice(2);
    const cookie = { originalMaxAge: null, path: '/', httpOnly: true };
    await new Promise((resolve) => store.set(id, { ...data, cookie }, resolve));
    return `express=${encodeURIComponent(`s:${sign(id, secret)}`)}`;
  };
  return { middleware, seed };
}

export const express = ({ nodeRedis }) => withoutServer(expressMiddleware(nodeRedis));

export const PGSIMPLE_TABLE = readFileSync(
  createRequire(import.meta.url).resolve('connect-pg-simple/table.sql'),
  'utf8',
);

export async function expressOnPostgres({ pool }) {
  await pool.query(PGSIMPLE_TABLE);
  return withoutServer(middlewareOn(new PostgresStore({ pool, pruneSessionInterval: false })));
}

function withoutServer({ middleware, seed }) {
  return { seed, works: expressWorks(), open: (cookie) => openExchange(middleware, cookie) };
}

/** A request and its response without a connection: `end()` saves the session, as it does for a real one. */
function openExchange(middleware, cookie) {
  const request = Object.assign(new IncomingMessage(new Socket()), { url: '/', method: 'GET' });
  request.headers.cookie = cookie;
  const response = new ServerResponse(request);
  return {
    run: (work) =>
      new Promise((resolve, reject) => {
        middleware(request, response, async (error) => {
          if (error) return reject(error);
          const result = await work(request);
          const socket = new Socket();
          socket._write = (_chunk, _encoding, done) => done();
          socket.write = () => true;
          response.assignSocket(socket);
          response.once('finish', () => resolve(result));
          response.end('ok');
        });
      }),
  };
}
