import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { SessionError } from '../../src/lib/errors.js';
import type { NextAppSession } from '../../src/next-app-session.js';
import { internalsOf, type SessionInternals } from '../../src/session-internals.js';
import { errorType } from '../../src/telemetry/error-type.js';
import { refusalOf } from './control-access.js';
import {
  type ControlCall,
  type ControlReply,
  LOOPBACK,
  PORT_VARIABLE,
  RUN_HEADER,
  RUN_METHODS,
  SECRET_VARIABLE,
  type Started,
} from './control-protocol.js';
import { ControlRun } from './control-run.js';
import { overrideRequests } from './request-runs.js';

/** More than any session should hold. */
const MAX_BODY_BYTES = 1_000_000;

const OPENED = Symbol.for('next-app-session.control-server');

/** Lets tests reach this session; opens the server for the first one. */
export async function openControlServer<Data extends object>(
  session: NextAppSession<Data>,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const internals = internalsOf(session);
  if (!internals) {
    throw new SessionError(
      'ERR_SESSION_TESTING',
      'startSessionTestServer takes what nextAppSession(…) returned, such as `session` of lib/session.ts.',
    );
  }
  // Next may run instrumentation again, with new copies of these modules.
  const registry = globalThis as { [OPENED]?: ControlServer };
  registry[OPENED] ??= new ControlServer(environment[SECRET_VARIABLE] ?? '');
  registry[OPENED].add(internals);
  await registry[OPENED].listen(Number(environment[PORT_VARIABLE]));
}

/** What tests ask of an app's sessions, over HTTP on this machine. */
class ControlServer {
  readonly #secret: string;
  readonly #server: Server;
  readonly #sessions = new Map<string, SessionInternals>();
  readonly #runs = new Map<string, ControlRun>();
  #listening: Promise<void> | undefined;

  constructor(secret: string) {
    this.#secret = secret;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
    overrideRequests((request) => this.#runs.get(String(request.headers[RUN_HEADER]))?.overrides);
  }

  add(internals: SessionInternals): void {
    this.#sessions.set(internals.options.name, internals);
  }

  /** Once; where that failed, every caller is told. */
  listen(port: number): Promise<void> {
    this.#listening ??= this.#listen(port);
    return this.#listening;
  }

  async #listen(port: number): Promise<void> {
    try {
      this.#server.listen(port, LOOPBACK);
      await once(this.#server, 'listening');
    } catch (cause) {
      throw notOpened(port, cause);
    }
    // It keeps no process alive that has nothing else to do.
    this.#server.unref();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refusal = refusalOf(request, this.#secret);
    const { status, body } = refusal
      ? { status: refusal.status, body: failure('ERR_SESSION_TESTING', refusal.message) }
      : await this.#reply(request);
    // A body that was not read to its end would stand before the connection's next request.
    if (!request.complete) response.setHeader('connection', 'close');
    response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    response.end(JSON.stringify(body));
  }

  async #reply(request: IncomingMessage): Promise<{ status: number; body: ControlReply }> {
    try {
      const result = await this.#run(parseCall(await textOf(request)));
      return { status: 200, body: { result: result ?? null } };
    } catch (error) {
      if (SessionError.is(error)) return { status: 422, body: failure(error.code, error.message) };
      // What a driver says may hold a key or a password.
      const type = error instanceof Error ? `${error.name}, ${errorType(error)}` : 'no Error';
      const message = `Session test server: the app's session store failed (${type}).`;
      return { status: 500, body: failure('ERR_SESSION_STORE', message) };
    }
  }

  #run({ method, run, args }: ControlCall): unknown {
    if (method === 'start') return this.#start(run, args[0] ?? undefined);
    const known = this.#runs.get(run);
    if (!known && method === 'end') return undefined;
    if (!known) throw invalid('no such run; the app was started again since this test began');
    if (method === 'end') this.#runs.delete(run);
    // Arguments are checked by TypeScript on the other side, which has the secret.
    return Reflect.apply(known[method], known, args);
  }

  async #start(run: string, name: string | undefined): Promise<Started> {
    const [only] = this.#sessions.keys();
    const chosen = name ?? (this.#sessions.size === 1 ? only : undefined);
    const internals = chosen === undefined ? undefined : this.#sessions.get(chosen);
    if (!internals) {
      const names = [...this.#sessions.keys()].join(', ');
      throw invalid(`the app has sessions named ${names}; give sessionFixtures the name of one`);
    }
    const started = new ControlRun(internals.options, await internals.openStore());
    this.#runs.set(run, started);
    return { cookieName: started.cookieName };
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw invalid(`more than ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function parseCall(text: string): ControlCall {
  let call: Partial<ControlCall> | null;
  try {
    call = JSON.parse(text);
  } catch {
    throw invalid('no JSON');
  }
  const { method, run, args } = call ?? {};
  const methods: readonly unknown[] = ['start', ...RUN_METHODS];
  if (methods.includes(method) && typeof run === 'string' && Array.isArray(args)) return call as ControlCall;
  throw invalid('no call; is this package the same version in the app and in its tests?');
}

function failure(code: string, message: string): ControlReply {
  return { error: { code, message } };
}

function invalid(why: string): SessionError {
  return new SessionError('ERR_SESSION_TESTING', `Session test server: ${why}.`);
}

function notOpened(port: number, cause: unknown): SessionError {
  return new SessionError(
    'ERR_SESSION_TESTING',
    `startSessionTestServer cannot listen on ${LOOPBACK}:${port}. controlBackend() sets ${PORT_VARIABLE}; give ` +
      'each server of an app another port by controlBackend({ port }).',
    { cause },
  );
}
