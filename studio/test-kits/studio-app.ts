import { once } from 'node:events';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { vi } from 'vitest';
import type { NextAppSession } from '../../src/next-app-session.js';
import type { SeenRequest } from '../seen/seen-request.js';
import { openStudio } from '../server/studio-server.js';
import type { StudioOptions } from '../studio-options.js';

/** An answer of the studio. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

export interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The studio of this process, as its page reaches it. */
export class OpenedStudio {
  readonly port: number;
  readonly token: string;
  /** What was printed when it opened. */
  readonly printed: readonly string[];

  private constructor(printed: readonly string[]) {
    const [, port, token = ''] = /127\.0\.0\.1:(\d+)\/#(\S+)/.exec(printed.join('\n')) ?? [];
    this.port = Number(port);
    this.token = token;
    this.printed = printed;
  }

  static async open<Data extends object>(
    session: NextAppSession<Data>,
    options: StudioOptions = {},
  ): Promise<OpenedStudio> {
    const printed: string[] = [];
    const log = vi.spyOn(console, 'log').mockImplementation((text) => printed.push(text));
    await openStudio(session, options);
    // Next runs the instrumentation again when it changes.
    await openStudio(session, {});
    log.mockRestore();
    return new OpenedStudio(printed);
  }

  /** Sends a request without fetch, which sets Host and Origin itself. By default, it is a call that the studio takes. */
  send({ method = 'POST', path = '/api/state', body = '{}', headers = {} }: Sent): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const authorization = `Bearer ${this.token}`;
      const sent = { authorization, 'content-type': 'application/json', ...headers };
      const to = { host: '127.0.0.1', port: this.port, path, method, headers: sent };
      const request = httpRequest(to, async (response) => {
        let text = '';
        for await (const chunk of response) text += chunk;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
      request.once('error', reject);
      request.end(method === 'GET' ? undefined : body);
    });
  }

  /** Makes a call. Returns its result; throws its error. */
  async call<T>(path: string, call: object = {}): Promise<T> {
    const { text } = await this.send({ path: `/api/${path}`, body: JSON.stringify(call) });
    const { result, error } = JSON.parse(text);
    if (error) throw Object.assign(new Error(error.message), { code: error.code });
    return result;
  }

  /** Returns the requests that a page gets which connects now. */
  async requests(): Promise<readonly SeenRequest[]> {
    const stream = this.stream();
    for await (const batch of stream) return batch;
    return [];
  }

  /** Returns the batches of requests as they come. */
  async *stream(): AsyncGenerator<readonly SeenRequest[]> {
    const response = await fetch(`http://127.0.0.1:${this.port}/api/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' },
      body: '{}',
    });
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        yield JSON.parse(text.slice(text.indexOf('data: ') + 6, end));
        text = text.slice(end + 2);
      }
    }
  }
}

interface Counted {
  n: number;
  user?: string;
}

/** An app: a Node server, like that of Next, whose session counts. */
export class CountingApp {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(session: NextAppSession<Counted>): Promise<CountingApp> {
    const server = createServer(async (req, res) => {
      try {
        if (req.method === 'POST')
          await session(req, res).update((data) => ({ ...data, n: (data.n ?? 0) + 1 }));
        if (req.url === '/sign-in')
          await session(req, res).regenerate((data) => ({ ...data, n: data.n ?? 0, user: 'ada' }));
        if (req.method === 'DELETE') await session(req, res).destroy();
        const data = await session(req, res).all();
        res.writeHead(200).end(JSON.stringify(data));
      } catch (error) {
        res
          .writeHead(500)
          .end(JSON.stringify({ code: Reflect.get(error as object, 'code'), message: String(error) }));
      }
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new CountingApp(server);
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Sends a request of a visitor. */
  async visit(
    method = 'GET',
    cookie = '',
    path = '/',
  ): Promise<{ status: number; cookie: string; body: unknown }> {
    const response = await fetch(`http://${this.host}${path}`, { method, headers: { cookie } });
    const [set = cookie] = response.headers.getSetCookie().map((header) => header.split(';')[0] ?? '');
    return { status: response.status, cookie: set, body: await response.json() };
  }

  stop(): void {
    this.#server.close();
  }
}
