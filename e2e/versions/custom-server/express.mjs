// A custom server on Express. It imports the session module before Next has prepared its app.
import express from 'express';
import next from 'next';
import nextAppSession from 'next-app-session';

const session = nextAppSession({ secret: process.env.SESSION_SECRET, cookie: { secure: false } });
const app = next({ dev: false, hostname: 'localhost', port: Number(process.env.PORT) });
await app.prepare();
const handle = app.getRequestHandler();

express()
  .post('/outside', async (req, res) => {
    await session(req, res).update((data) => ({ ...data, n: (data.n ?? 0) + 1 }));
    res.json(await session(req, res).all());
  })
  .use((req, res) => handle(req, res))
  .listen(process.env.PORT);
