// An app of the Pages Router on plain node:http: a page that reads one key, and an account page that lists the sessions of its
// user. Sends its port.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Redis } from 'ioredis';
import { accounts } from './revocation-app.mjs';

const session = accounts(new Redis(process.argv[2]));
const pages = {
  '/read': (request, response) => session(request, response).get('k0'),
  '/account': async (request, response) => {
    const userId = await session(request, response).get('userId');
    return session.user(userId, request, response).list();
  },
};

const server = createServer((request, response) => {
  pages[request.url](request, response).then(
    (value) => response.end(JSON.stringify(value)),
    (error) => response.writeHead(503).end(error.code),
  );
});
await once(server.listen(0, '127.0.0.1'), 'listening');
process.send({ port: server.address().port });
