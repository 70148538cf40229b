// The app of revocation-app.mjs in a process of its own, with browsers that loop in it. The parent starts and stops them by
// IPC.
import { once } from 'node:events';
import { Agent, createServer, get } from 'node:http';
import { loopBrowser, loopSignIns } from './looping-visits.mjs';
import { openStore } from './open-store.mjs';
import { ask, revocationApp, runPage, withCookie } from './revocation-app.mjs';

const { store } = await openStore(process.env.STORE_URL);
const session = revocationApp(store, Number(process.env.USERS_OF_SESSION));
const agent = new Agent({ keepAlive: true });

const server = createServer(async (request, response) => {
  const { searchParams } = new URL(request.url, 'http://localhost');
  const [page, device] = [searchParams.get('page'), searchParams.get('device')];
  const answer = await runPage(session, request, response, page, device);
  response.end(JSON.stringify(answer));
}).listen(0, '127.0.0.1');

async function askOverHttp(page, cookie, device = '') {
  const path = `/?${new URLSearchParams({ page, device })}`;
  const sent = get({ port: server.address().port, host: '127.0.0.1', path, agent, headers: { cookie } });
  const [response] = await once(sent, 'response');
  let body = '';
  for await (const chunk of response) body += chunk;
  return withCookie(JSON.parse(body), response.headers['set-cookie'] ?? []);
}

const asks = { direct: (...visit) => ask(session, ...visit), http: askOverHttp };
const loops = { browser: loopBrowser, signIns: loopSignIns };
let looping;

process.on('message', async ({ start, via, work }) => {
  if (!start) return process.send({ result: await looping.stop() });
  looping = loops[start](asks[via], work);
  await looping.running;
  process.send({ running: true });
});

await once(server, 'listening');
process.send({ ready: true });
