// A custom server on node:http, in CommonJS. It loads the session module before Next.
const { createServer } = require('node:http');
const { default: nextAppSession } = require('next-app-session');
const next = require('next');

const session = nextAppSession({ secret: process.env.SESSION_SECRET, cookie: { secure: false } });
const app = next({ dev: false, hostname: 'localhost', port: Number(process.env.PORT) });

app.prepare().then(() => {
  const handle = app.getRequestHandler();
  createServer(async (req, res) => {
    if (req.url !== '/outside') return handle(req, res);
    await session(req, res).update((data) => ({ ...data, n: (data.n ?? 0) + 1 }));
    res.setHeader('content-type', 'application/json');
    res.end(JSON.stringify(await session(req, res).all()));
  }).listen(process.env.PORT);
});
