import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NextScope } from './next-scope.js';

/** What a Route Handler returns: its status, and what its body does before and after its first part is sent. */
export interface Streamed {
  readonly status?: number;
  first?(): Promise<unknown>;
  rest?(): Promise<unknown>;
}

interface Visit {
  readonly handler: () => Promise<Streamed>;
  readonly next: NextScope;
}

/**
 * A Node server that runs Route Handlers as Next does. It collects the cookies when the handler has returned. It sends the
 * head with the first part of the body.
 */
export class HandlerServer {
  readonly #server: Server;
  #visit: Visit | undefined;

  private constructor() {
    this.#server = createServer((_, response) => this.#answer(response));
  }

  static async start(): Promise<HandlerServer> {
    const server = new HandlerServer();
    await once(server.#server.listen(0, '127.0.0.1'), 'listening');
    return server;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** Sends a request, and returns the Set-Cookie headers of its response. */
  async visit(handler: () => Promise<Streamed>, cookies: Record<string, string> = {}): Promise<string[]> {
    this.#visit = { handler, next: new NextScope(cookies) };
    const { port } = this.#server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}`);
    await response.text();
    return response.headers.getSetCookie();
  }

  async #answer(response: ServerResponse): Promise<void> {
    const { handler, next } = this.#visit as Visit;
    await next.run('action', async () => {
      const { status = 200, first, rest } = await handler();
      // A handler that ends in notFound() loses its cookies.
      if (status < 400) response.setHeader('Set-Cookie', next.setCookies());
      response.statusCode = status;
      await first?.();
      response.write('first');
      await rest?.();
      response.end();
    });
  }
}
