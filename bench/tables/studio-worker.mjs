// One case of studio.mjs: requests that read or write a session, and how long each of them took.
import { channel } from 'node:diagnostics_channel';
import { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { Redis } from 'ioredis';
import { libraryOf } from '../next-versions.mjs';
import { signIn } from '../sign-in.mjs';

const [name, port] = process.argv.slice(2);
const library = libraryOf('next-16');
/** Where Node tells of a request before its handler runs, in the async context of the handler. */
const begun = channel('http.server.request.start');
const server = new Server();

// First: without this, Next's storages become ones that never work.
const { openNextScope } = await import(`${library}cjs/testing/next/open-next-scope.js`);
const { default: nextAppSession, MemoryStore } = await import(`${library}esm/src/index.js`);
const { RedisStore } = await import(`${library}esm/src/redis.js`);
const { startSessionStudio } = await import(`${library}esm/studio/index.js`);

const options = { secret: 'a secret of the benchmark, which is long enough', touchAfter: 3600 };
const stores = {
  memory: new MemoryStore(),
  redis: new RedisStore({ client: new Redis(Number(port)) }),
};
const visitors = {};
for (const [store, instance] of Object.entries(stores)) {
  const session = nextAppSession({ ...options, name: store, store: instance });
  if (name === 'with the studio') await openStudio(session);
  visitors[store] = { session, cookie: await signIn(session) };
}

const WORKS = {
  read: async (session) => {
    if (typeof (await session().get('n')) !== 'number') throw new Error('the session was not read');
  },
  write: (session) => session().update((data) => ({ ...data, n: data.n + 1 })),
};

process.on('message', async ({ store, work, requests }) => {
  process.send(await microseconds(visitors[store], WORKS[work], requests));
});
process.send('ready');

/** Opens the studio, which takes no other process than one in development. */
async function openStudio(session) {
  process.env.NODE_ENV = 'development';
  await startSessionStudio(session, { port: 0 });
  process.env.NODE_ENV = 'production';
}

async function microseconds({ session, cookie }, work, count) {
  const requests = [];
  for (let index = 0; index < count; index++) {
    const request = new IncomingMessage(new Socket());
    Object.assign(request, { method: 'GET', url: '/bench' });
    Object.assign(request.headers, { host: 'localhost:3000', cookie });
    const scope = await openNextScope({ pathname: '/bench', search: '', headers: { cookie } }, 'route');
    requests.push({ request, response: new ServerResponse(request), scope });
  }
  // What making them left behind is nobody's work here.
  globalThis.gc({ type: 'minor' });
  const start = performance.now();
  for (const { request, response, scope } of requests) {
    begun.publish({ request, response, server });
    await scope.run(() => work(session));
    response.emit('close');
  }
  return ((performance.now() - start) * 1000) / count;
}
