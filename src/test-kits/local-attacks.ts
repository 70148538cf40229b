import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { describe, expect, it } from 'vitest';

/** A server for developers, as its tests know it. */
export interface AttackedServer {
  readonly port: number;
  readonly secret: string;
  /** The code of its errors. */
  readonly code: string;
  /** A call that it takes. */
  readonly path: string;
  readonly body: string;
}

export interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Sends a request without fetch, which sets Host and Origin itself. By default, it is the call that the server takes. */
export function send(
  server: AttackedServer,
  { method = 'POST', path = server.path, body = server.body, headers = {} }: Sent,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = { authorization: `Bearer ${server.secret}`, 'content-type': 'application/json', ...headers };
    const to = { host: '127.0.0.1', port: server.port, path, method, headers: sent };
    const request = httpRequest(to, async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
    });
    request.once('error', reject);
    request.end(method === 'GET' ? undefined : body);
  });
}

/** Tests what every server for developers refuses. */
export function attackTests(server: () => AttackedServer): void {
  const attack = (sent: Sent) => send(server(), sent);

  describe('access', () => {
    it('is given to those who know the secret, under each name of this machine', async () => {
      for (const host of ['localhost', '[::1]', '127.0.0.1']) {
        for (const name of [host, `${host}:${server().port}`]) {
          expect(await attack({ headers: { host: name } })).toMatchObject({ status: 200 });
        }
      }
    });

    it.each<[string, Record<string, string>, number]>([
      ['no secret', { authorization: '' }, 401],
      ['a wrong secret', { authorization: `Bearer ${'x'.repeat(43)}` }, 401],
      ['a page of this machine', { origin: 'http://localhost:3000' }, 403],
      ['a page of a name that begins as ours', { origin: 'http://127.0.0.1.evil.example' }, 403],
      ['an opaque origin', { origin: 'null' }, 403],
      ['an empty origin', { origin: '' }, 403],
      ['a request of another site without Origin', { 'sec-fetch-site': 'cross-site' }, 403],
      ['a request of another port without Origin', { 'sec-fetch-site': 'same-site' }, 403],
      ['a name that leads here', { host: 'evil.example' }, 403],
      [
        'a name that leads here, as the origin too',
        { host: 'evil.example', origin: 'http://evil.example' },
        403,
      ],
      ['a name that begins as ours', { host: 'localhost.evil.example' }, 403],
      ['a name that ends as ours', { host: 'evil-localhost' }, 403],
      ['a name with more before it', { host: 'evil@localhost' }, 403],
      ['a port that is no number', { host: 'localhost:80@evil.example' }, 403],
      ['another address of loopback', { host: '127.0.0.2' }, 403],
      ['a short address of loopback', { host: '127.1' }, 403],
      ['every address', { host: '0.0.0.0' }, 403],
      ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 405],
      ['a text', { 'content-type': 'text/plain' }, 405],
    ])('is refused to %s', async (_, headers, status) => {
      const { secret, code } = server();
      const answer = await attack({ headers });
      expect(answer.status).toBe(status);
      expect(answer.text).toContain(code);
      expect(answer.text).not.toContain(secret);
      expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
    });

    it('is refused to the secret with more, less or by another scheme', async () => {
      const { secret } = server();
      for (const authorization of [
        `Bearer ${secret}x`,
        `Bearer ${secret.slice(0, -1)}`,
        `Bearer ${secret.toUpperCase()}`,
        `Basic ${secret}`,
        `bearer ${secret}`,
        secret,
      ]) {
        expect(await attack({ headers: { authorization } })).toMatchObject({ status: 401 });
      }
    });

    it('is by POST alone, and for no preflight of a browser', async () => {
      for (const method of ['PUT', 'DELETE', 'HEAD', 'PATCH']) {
        expect((await attack({ method })).status).toBe(405);
      }
      const preflight = {
        origin: 'http://evil.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      };
      const answer = await attack({ method: 'OPTIONS', headers: { ...preflight, authorization: '' } });
      expect(answer.status).toBe(403);
      expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    });

    it.each([
      ['a body that is not JSON', '{'],
      ['null', 'null'],
      ['a list', '[]'],
      ['a text', '"state"'],
      ['no body', ''],
      ['a list in a list in a list …', '['.repeat(200_000)],
      ['a body that is too large', JSON.stringify({ x: 'x'.repeat(1_000_001) })],
    ])('says what is wrong with %s, and goes on', async (_, body) => {
      const answer = await attack({ body });
      expect(answer).toMatchObject({ status: 422, text: expect.stringContaining(server().code) });
      expect(await attack({})).toMatchObject({ status: 200 });
    });

    it('takes nothing in the body of a refused request for the next one of the connection', async () => {
      const { port, path, body, secret } = server();
      const call = [
        `POST ${path} HTTP/1.1`,
        'Host: localhost',
        `Authorization: Bearer ${secret}`,
        'Content-Type: application/json',
        `Content-Length: ${body.length}`,
        '',
        body,
      ].join('\r\n');
      const refused = [
        `POST ${path} HTTP/1.1`,
        'Host: localhost',
        'Origin: http://evil.example',
        `Content-Length: ${call.length}`,
        '',
        call,
      ].join('\r\n');
      expect(await answersTo(port, refused)).toEqual(['403']);
    });

    it.each([
      ['two lengths', ['Host: localhost', 'Content-Length: 5', 'Content-Length: 0'], '12345'],
      [
        'a length and chunks',
        ['Host: localhost', 'Content-Length: 5', 'Transfer-Encoding: chunked'],
        '0\r\n\r\n',
      ],
      ['another host first', ['Host: evil.example', 'Host: localhost', 'Content-Length: 2'], '{}'],
      ['an empty host', ['Host:', 'Content-Length: 2'], '{}'],
      ['no host', ['Content-Length: 2'], '{}'],
    ])('is refused to a request with %s', async (_, headers, body) => {
      const { port, path, secret } = server();
      const request = [
        `POST ${path} HTTP/1.1`,
        `Authorization: Bearer ${secret}`,
        'Content-Type: application/json',
      ];
      const [status] = await answersTo(port, [...request, ...headers, '', body].join('\r\n'));
      expect(status).toMatch(/^40[03]$/);
      expect(await attack({})).toMatchObject({ status: 200 });
    });

    it('is on loopback only', async () => {
      const { port } = server();
      const outside = Object.values(networkInterfaces())
        .flatMap((addresses) => addresses ?? [])
        .filter(({ internal }) => !internal)
        .map(({ address }) => address);
      for (const address of outside) expect(await accepts(address, port)).toBe(false);
      expect(await accepts('127.0.0.1', port)).toBe(true);
    });
  });
}

/** Sends bytes on one connection. Returns the statuses of what comes back. */
function answersTo(port: number, bytes: string): Promise<string[]> {
  return new Promise((resolve) => {
    let text = '';
    const done = () => {
      socket.destroy();
      resolve([...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status = '']) => status));
    };
    const socket = connect({ host: '127.0.0.1', port }, () => socket.write(bytes))
      .setTimeout(500, done)
      .on('data', (chunk) => {
        text += chunk;
      })
      .once('error', done)
      .once('close', done);
  });
}

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1000 });
    const done = (open: boolean) => {
      socket.destroy();
      resolve(open);
    };
    socket
      .once('connect', () => done(true))
      .once('error', () => done(false))
      .once('timeout', () => done(false));
  });
}
