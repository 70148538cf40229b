import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { vi } from 'vitest';
import type { NextAppSession } from '../../src/next-app-session.js';
import { type Answer, type AttackedServer, type Sent, send } from '../../src/test-kits/local-attacks.js';
import type { SeenRequest } from '../seen/seen-request.js';
import { openStudio } from '../server/studio-server.js';

/** The studio of this process, as its page reaches it. */
export class OpenedStudio implements AttackedServer {
  readonly port: number;
  readonly secret: string;
  readonly code = 'ERR_SESSION_STUDIO';
  readonly path = '/api/state';
  readonly body = '{}';
  /** What was printed when it opened. */
  readonly printed: readonly string[];

  private constructor(printed: readonly string[]) {
    const [, port, token = ''] = /127\.0\.0\.1:(\d+)\/#(\S+)/.exec(printed.join('\n')) ?? [];
    this.port = Number(port);
    this.secret = token;
    this.printed = printed;
  }

  static async open<Data extends object>(
    session: NextAppSession<Data>,
    port?: number,
  ): Promise<OpenedStudio> {
    const printed: string[] = [];
    const log = vi.spyOn(console, 'log').mockImplementation((text) => printed.push(text));
    await openStudio(session, port, undefined);
    // Next runs the instrumentation again when it changes.
    await openStudio(session, undefined, undefined);
    log.mockRestore();
    return new OpenedStudio(printed);
  }

  /** Sends a request. By default, it is a call that the studio takes. */
  send(sent: Sent): Promise<Answer> {
    return send(this, sent);
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
      headers: { authorization: `Bearer ${this.secret}`, 'content-type': 'application/json' },
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

/** The data of its sessions. */
export interface Counted {
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
