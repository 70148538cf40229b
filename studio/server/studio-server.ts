import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SessionError } from '../../src/lib/errors.js';
import { safeName } from '../../src/lib/safe-cause.js';
import { LOOPBACK } from '../../src/local-server/local-access.js';
import { overrideRequests } from '../../src/local-server/request-overrides.js';
import { textOf } from '../../src/local-server/request-text.js';
import type { NextAppSession } from '../../src/next-app-session.js';
import { internalsOf, type SessionInternals } from '../../src/session-internals.js';
import { errorType } from '../../src/telemetry/error-type.js';
import type { StudioOptions } from '../studio-options.js';
import { callOf } from './api.js';
import { invalid, parseCall } from './calls.js';
import { streamRequests } from './event-stream.js';
import { servePage } from './page.js';
import { Studio } from './studio.js';
import { apiRefusalOf, type Refusal, refusalOf } from './studio-access.js';

/** Below the ports that systems use for outgoing connections. */
const DEFAULT_PORT = 5577;

const OPENED = Symbol.for('next-app-session.studio');

/** Shows a session in the studio. Opens that at the first call. */
export async function openStudio<Data extends object, Listed extends object>(
  session: NextAppSession<Data, Listed>,
  { port, appUrl }: StudioOptions,
): Promise<void> {
  const internals = internalsOf(session);
  if (!internals) {
    throw new SessionError(
      'ERR_SESSION_STUDIO',
      'startSessionStudio takes what nextAppSession(…) returned. Pass `session` of lib/session.ts.',
    );
  }
  // On globalThis, since Next runs instrumentation again with new copies of these modules.
  const registry = globalThis as { [OPENED]?: StudioServer };
  registry[OPENED] ??= new StudioServer();
  registry[OPENED].add(internals, appUrl);
  await registry[OPENED].listen(port);
}

/** The server of the studio, on this machine alone. */
class StudioServer {
  readonly #studio = new Studio();
  readonly #token = randomBytes(32).toString('base64url');
  readonly #server: Server;
  #listening: Promise<void> | undefined;

  constructor() {
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error) => fail(response, error));
    });
    // An open page must not keep the process alive.
    this.#server.on('connection', (socket) => socket.unref());
    overrideRequests((received) =>
      received.server === this.#server ? undefined : this.#studio.observer.begin(received),
    );
  }

  add(internals: SessionInternals, appUrl: string | undefined): void {
    this.#studio.setUps.add(internals);
    if (appUrl !== undefined) this.#studio.address.give(appUrl);
  }

  /** Listens, once. If that fails, every caller gets the error. */
  listen(port: number | undefined): Promise<void> {
    this.#listening ??= this.#listen(port);
    return this.#listening;
  }

  async #listen(port: number | undefined): Promise<void> {
    try {
      await this.#bind(port ?? DEFAULT_PORT).catch((error) => {
        if (port !== undefined) throw error;
        return this.#bind(0);
      });
    } catch (cause) {
      throw new SessionError(
        'ERR_SESSION_STUDIO',
        `startSessionStudio cannot listen on ${LOOPBACK}:${port}. Give it another port, or none.`,
        { cause },
      );
    }
    // A process that has nothing else to do may end.
    this.#server.unref();
    // By its address: another program could listen on what `localhost` means to the browser.
    console.log(`next-app-session: Session Studio: http://${LOOPBACK}:${this.#port}/#${this.#token}`);
  }

  async #bind(port: number): Promise<void> {
    this.#server.listen(port, LOOPBACK);
    await once(this.#server, 'listening');
  }

  get #port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', `http://${LOOPBACK}`);
    const [, path] = /^\/api\/(.*)$/.exec(pathname) ?? [];
    const refusal = path === undefined ? refusalOf(request) : apiRefusalOf(request, this.#token);
    if (refusal) return refuse(request, response, refusal);
    if (path !== undefined) return this.#call(path, request, response);
    if (request.method !== 'GET') return refuse(request, response, { status: 405, message: 'use GET' });
    if (!servePage(pathname, response)) refuse(request, response, NOT_FOUND);
  }

  async #call(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (path === 'events') return streamRequests(this.#studio.observer.log, response);
    const call = callOf(path);
    if (!call) return refuse(request, response, NOT_FOUND);
    const result = await call(this.#studio, parseCall(await textOf(request, invalid)));
    json(response, 200, { result: result ?? null });
  }
}

const NOT_FOUND: Refusal = { status: 404, message: 'there is nothing of that name' };

function refuse(request: IncomingMessage, response: ServerResponse, { status, message }: Refusal): void {
  // If the body was not read to its end, its rest would be taken for the next request of this connection.
  if (!request.complete) response.setHeader('connection', 'close');
  json(response, status, { error: { code: 'ERR_SESSION_STUDIO', message: `Session Studio: ${message}.` } });
}

function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.setHeader('connection', 'close');
  const [status, body] = SessionError.is(error)
    ? [422, { code: error.code, message: error.message }]
    : [500, storeFailure(error)];
  json(response, status, { error: body });
}

/** The driver's message may hold a key or a password. */
function storeFailure(error: unknown): { code: string; message: string } {
  const message = `Session Studio: the app's session store failed (${safeName(error)}, ${errorType(error)}).`;
  return { code: 'ERR_SESSION_STORE', message };
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(JSON.stringify(body));
}
