import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterEach, describe, expect, it } from 'vitest';
import { nextAppSession } from '../next-app-session.js';

const session = nextAppSession({ secret: 'a secret that is long enough for tests', name: 'sid' });
let server: Server | undefined;
afterEach(() => server?.close());

/** Answers one request with a real server. Returns the names of the cookies that it sends, and the headers. */
async function answer(handler: (req: IncomingMessage, res: ServerResponse) => Promise<void>) {
  server = createServer((req, res) => {
    handler(req, res).catch((error) => res.end(String(error)));
  });
  return ask(server);
}

async function ask(listening: Server) {
  await new Promise<void>((resolve) => listening.listen(0, resolve));
  const response = await fetch(`http://localhost:${(listening.address() as AddressInfo).port}`, {
    redirect: 'manual',
  });
  const cookies = response.headers.getSetCookie();
  return { response, text: await response.text(), cookies: cookies.map((cookie) => cookie.split('=')[0]) };
}

/** What an app may do with Set-Cookie after the session has set its own. */
const WAYS: Record<string, (res: ServerResponse) => unknown> = {
  'setHeader with a string': (res) => res.setHeader('Set-Cookie', 'theme=dark'),
  'setHeader with an array': (res) => res.setHeader('set-cookie', ['theme=dark']),
  setHeaders: (res) => res.setHeaders(new Headers([['set-cookie', 'theme=dark']])),
  'setHeaders with a Map': (res) => res.setHeaders(new Map([['Set-Cookie', ['theme=dark']]])),
  appendHeader: (res) => res.appendHeader('Set-Cookie', 'theme=dark'),
  'removeHeader, then appendHeader': (res) => {
    res.removeHeader('Set-Cookie');
    res.appendHeader('Set-Cookie', 'theme=dark');
  },
  'writeHead with an object': (res) => res.writeHead(200, { 'Set-Cookie': 'theme=dark' }),
  'writeHead with an object of arrays': (res) => res.writeHead(200, { 'set-cookie': ['theme=dark'] }),
  'writeHead with a message': (res) => res.writeHead(200, 'Fine', { 'SET-COOKIE': 'theme=dark' }),
  'writeHead with an array': (res) => res.writeHead(200, ['Set-Cookie', 'theme=dark', 'x-own', 'kept']),
  'writeHead with an array of arrays': (res) =>
    res.writeHead(200, ['x-own', 'kept', 'Set-Cookie', ['theme=dark']] as never),
};

describe('the session cookie stays on the response, beside the app’s own', () => {
  it.each(Object.entries(WAYS))('%s', async (_, way) => {
    const { response, cookies } = await answer(async (req, res) => {
      await session(req, res).set('n', 1);
      res.setHeader('x-own', 'kept');
      way(res);
      res.end('done');
    });
    expect(cookies.toSorted()).toEqual(['sid', 'theme']);
    expect(response.headers.get('x-own')).toBe('kept');
  });

  it('flushHeaders, write and pipe send it too', async () => {
    for (const send of ['flushHeaders', 'write'] as const) {
      const { cookies, text } = await answer(async (req, res) => {
        await session(req, res).set('n', 1);
        res.setHeader('Set-Cookie', 'theme=dark');
        if (send === 'write') res.write('do');
        else res.flushHeaders();
        res.end('ne');
      });
      expect(cookies).toEqual(['theme', 'sid']);
      expect(text).toMatch(/ne$/);
      server?.close();
    }
  });

  it('two sessions of one response, each set more than once, are sent once each', async () => {
    const other = nextAppSession({ name: 'other' });
    const { cookies } = await answer(async (req, res) => {
      await session(req, res).set('n', 1);
      await other(req, res).set('n', 1);
      await session(req, res).regenerate();
      res.writeHead(303, { Location: '/', 'Set-Cookie': ['a=1', 'b=2'] });
      res.end();
    });
    expect(cookies).toEqual(['a', 'b', 'sid', 'other']);
  });

  it('the last one that was set is sent', async () => {
    const { response } = await answer(async (req, res) => {
      await session(req, res).set('n', 1);
      await session(req, res).destroy();
      res.setHeader('Set-Cookie', 'theme=dark');
      res.end();
    });
    expect(response.headers.getSetCookie()[1]).toMatch(/^sid=; Path=\/; Expires=Thu, 01 Jan 1970/);
  });

  it('a cookie of its name that the app sets afterwards is the app’s', async () => {
    const { response } = await answer(async (req, res) => {
      await session(req, res).set('n', 1);
      res.writeHead(200, { 'Set-Cookie': 'sid=own' });
      res.end();
    });
    expect(response.headers.getSetCookie()).toEqual(['sid=own']);
  });

  it('removeHeader removes it, as for an answer that a cache keeps', async () => {
    const { cookies } = await answer(async (req, res) => {
      await session(req, res).set('n', 1);
      res.removeHeader('Set-Cookie');
      res.writeHead(200, { 'Cache-Control': 'public, max-age=60' });
      res.end();
    });
    expect(cookies).toEqual([]);
  });

  it('a request that sets no session cookie is left alone', async () => {
    const { cookies } = await answer(async (req, res) => {
      const { writeHead } = res;
      await session(req, res).get('n');
      expect(res.writeHead).toBe(writeHead);
      res.writeHead(200, { 'Set-Cookie': 'theme=dark' });
      res.end();
    });
    expect(cookies).toEqual(['theme']);
  });
});

it('an empty Set-Cookie of writeHead drops no session cookie', async () => {
  const { cookies } = await answer(async (req, res) => {
    await session(req, res).set('n', 1);
    res.writeHead(200, { 'Set-Cookie': [] }).end();
  });
  expect(cookies).toEqual(['sid']);
});

describe('Express', () => {
  it.each<[string, (res: express.Response) => unknown]>([
    ['res.cookie', (res) => res.cookie('theme', 'dark').json({})],
    ['res.set', (res) => res.set('Set-Cookie', 'theme=dark').send('done')],
    ['res.redirect', (res) => res.set('Set-Cookie', ['theme=dark']).redirect('/')],
    ['res.sendStatus', (res) => res.header({ 'Set-Cookie': 'theme=dark' }).sendStatus(204)],
  ])('%s', async (_, way) => {
    const app = express();
    app.get('/', async (req, res) => {
      await session(req, res).set('n', 1);
      way(res);
    });
    server = createServer(app);
    expect((await ask(server)).cookies.toSorted()).toEqual(['sid', 'theme']);
  });
});
