import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SessionError, type SessionErrorCode } from '../lib/errors.js';
import type { JsonObject } from '../lib/json.js';
import { safeName } from '../lib/safe-cause.js';
import { errorType } from '../telemetry/error-type.js';
import { callRefusalOf, LOOPBACK, type LocalAccess, type Refusal, refusalOf } from './local-access.js';
import { markOwn } from './own-servers.js';
import { jsonOf } from './request-json.js';

/** Answers a call. Returns its result as JSON, unless it has begun to answer itself. */
export type LocalCall = (call: JsonObject, response: ServerResponse) => unknown;

/** What a server for developers does. */
export interface LocalService {
  /** What its errors begin with. */
  readonly name: string;
  /** The code of its errors. */
  readonly code: SessionErrorCode;
  readonly secret: string;
  /** What to do about another secret. */
  readonly wrongSecretHint: string;
  /** Sends the file of a path to a browser. Returns false if it does not exist. A service without it has no page. */
  readonly sendPage?: (path: string, response: ServerResponse) => boolean;
  /** Returns what answers the calls of a path, or undefined. */
  readonly callOf: (path: string) => LocalCall | undefined;
  /** Called when it listens. */
  readonly opened: (port: number) => void;
}

/** A server for developers, on this machine alone: it takes calls, as JSON, of those who have its secret. */
export class LocalServer {
  readonly #service: LocalService;
  readonly #access: LocalAccess;
  readonly #server: Server;
  #listening: Promise<void> | undefined;

  constructor(service: LocalService) {
    this.#service = service;
    this.#access = { ...service, hasPage: service.sendPage !== undefined };
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error) => this.#fail(response, error));
    });
    markOwn(this.#server);
    // A process that has nothing else to do may end, even while a page is open.
    this.#server.on('connection', (socket) => socket.unref());
    this.#server.unref();
  }

  /**
   * Listens, once, on the first of these ports that is free. Throws the system's error if none is; the next call then tries again.
   */
  listen(ports: readonly number[]): Promise<void> {
    this.#listening ??= this.#bind(ports).then(
      () => this.#service.opened((this.#server.address() as AddressInfo).port),
      (error) => {
        this.#listening = undefined;
        throw error;
      },
    );
    return this.#listening;
  }

  async #bind([port, ...others]: readonly number[]): Promise<void> {
    this.#server.listen(port, LOOPBACK);
    await once(this.#server, 'listening').catch((error) => {
      if (others.length === 0) throw error;
      return this.#bind(others);
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { sendPage, callOf, name, code } = this.#service;
    const path = request.url?.split('?', 1)[0] ?? '';
    const isForPage = sendPage !== undefined && request.method === 'GET';
    const refusal = isForPage ? refusalOf(request) : callRefusalOf(request, this.#access);
    if (refusal) return this.#refuse(request, response, refusal);
    if (isForPage) {
      if (!sendPage(path, response)) this.#refuse(request, response, NOTHING);
      return;
    }
    const call = callOf(path);
    if (!call) return this.#refuse(request, response, NOTHING);
    const invalid = (why: string) => new SessionError(code, `${name}: ${why}.`);
    const result = await call(await jsonOf(request, invalid), response);
    if (!response.headersSent) reply(response, 200, { result: result ?? null });
  }

  #refuse(request: IncomingMessage, response: ServerResponse, { status, why }: Refusal): void {
    const { name, code } = this.#service;
    // If the body was not read to its end, its rest would be taken for the next request of this connection.
    if (!request.complete) response.setHeader('connection', 'close');
    reply(response, status, { error: { code, message: `${name}: ${why}.` } });
  }

  #fail(response: ServerResponse, error: unknown): void {
    if (response.headersSent) {
      response.destroy();
      return;
    }
    response.setHeader('connection', 'close');
    if (SessionError.is(error)) {
      const { code, message, cause } = error;
      const why = cause === undefined ? '' : ` (${kindOf(cause)})`;
      reply(response, 422, { error: { code, message: message + why } });
      return;
    }
    const message = `${this.#service.name}: the store or a function of the session's options failed (${kindOf(error)}).`;
    reply(response, 500, { error: { code: 'ERR_SESSION_STORE', message } });
  }
}

const NOTHING: Refusal = { status: 404, why: 'there is nothing of that name' };

/** Returns what is safe to say of an error: a driver's message may hold a key or a password. */
function kindOf(error: unknown): string {
  return `${safeName(error)}, ${errorType(error)}`;
}

function reply(response: ServerResponse, status: number, body: object): void {
  // First, since it may throw.
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(text);
}
