// express-session with connect-redis as an app of its own, with the paths of the others.
import express from 'express';
import { createClient } from 'redis';
import { expressMiddleware, expressWorks } from './contestants/express-session.mjs';

const [port, url] = process.argv.slice(2);
const client = createClient({ url }).on('error', () => {});
await client.connect();
const { middleware, seed } = expressMiddleware(client);
const works = expressWorks();
const app = express();

app.get('/bench/express/cpu', (_, response) => response.json(process.cpuUsage()));
app.post('/bench/express/seed', express.json(), async (request, response) => {
  response.send(await seed(request.body));
});
app.get('/bench/express/:work', middleware, async (request, response) => {
  const value = await works[request.params.work.replaceAll('-', ' ')](request, request.query.key);
  response.json({ value: value ?? null });
});
app.use((error, _request, response, _next) => {
  response.status(503).json({ error: error.code ?? error.name });
});
app.listen(Number(port));
