import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { SessionError } from '../../src/lib/errors.js';
import { safeName } from '../../src/lib/safe-cause.js';
import { warnOnce } from '../../src/lib/warnings.js';
import { LOOPBACK } from '../../src/local-server/local-access.js';
import { textOf } from '../../src/local-server/request-text.js';
import type { NextAppSession } from '../../src/next-app-session.js';
import { internalsOf, type SessionInternals } from '../../src/session-internals.js';
import { errorType } from '../../src/telemetry/error-type.js';
import { refusalOf } from './control-access.js';
import {
  type ControlCall,
  type ControlReply,
  PORT_VARIABLE,
  RUN_METHODS,
  SECRET_VARIABLE,
  type Started,
} from './control-protocol.js';
import { ControlRun } from './control-run.js';
import { followRuns } from './request-runs.js';

const RESTARTED =
  'the app was restarted after this test began, and knows nothing of the test. If its store is in memory, the sessions of the ' +
  'test have ended. To test a restart, keep the sessions in Redis or a database, and use redisBackend or sqlBackend';

const OPENED = Symbol.for('next-app-session.control-server');

/** Lets tests reach this session. Opens the server at the first call. */
export async function openControlServer<Data extends object>(
  session: NextAppSession<Data>,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const internals = internalsOf(session);
  if (!internals) {
    throw new SessionError(
      'ERR_SESSION_TESTING',
      'startSessionTestServer takes what nextAppSession(…) returned. Pass `session` of lib/session.ts.',
    );
  }
  // On globalThis, since Next may run instrumentation again with new copies of these modules.
  const registry = globalThis as { [OPENED]?: ControlServer };
  registry[OPENED] ??= new ControlServer(environment[SECRET_VARIABLE] ?? '');
  registry[OPENED].add(internals);
  await registry[OPENED].listen(Number(environment[PORT_VARIABLE]));
}

/** A server on this machine through which tests reach an app's sessions, over HTTP. */
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
    followRuns(this.#runs);
  }

  add(internals: SessionInternals): void {
    this.#sessions.set(internals.options.name, internals);
  }

  /** Listens, once. If that fails, every caller gets the error. */
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
    // A process that has nothing else to do may end.
    this.#server.unref();
    warnOnce(
      `the session test server listens on ${LOOPBACK}:${port}, since ${SECRET_VARIABLE} is set. Whoever has that secret ` +
        'can sign in as any user: it is for tests, and must not run in production.',
      'e2e.md#how-the-app-is-kept-safe',
    );
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refusal = refusalOf(request, this.#secret);
    const { status, body } = refusal
      ? { status: refusal.status, body: failure('ERR_SESSION_TESTING', refusal.message) }
      : await this.#reply(request);
    // If the body was not read to its end, its rest would be taken for the next request of this connection.
    if (!request.complete) response.setHeader('connection', 'close');
    response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    response.end(JSON.stringify(body));
  }

  async #reply(request: IncomingMessage): Promise<{ status: number; body: ControlReply }> {
    try {
      const result = await this.#run(parseCall(await textOf(request, invalid)));
      return { status: 200, body: { result: result ?? null } };
    } catch (error) {
      if (SessionError.is(error)) return { status: 422, body: failure(error.code, error.message) };
      // The driver's message may hold a key or a password.
      const message = `Session test server: the app's session store failed (${safeName(error)}, ${errorType(error)}).`;
      return { status: 500, body: failure('ERR_SESSION_STORE', message) };
    }
  }

  #run({ method, run, args }: ControlCall): unknown {
    if (method === 'start') return this.#start(run, args[0] ?? undefined);
    const known = this.#runs.get(run);
    if (!known && method === 'end') return undefined;
    if (!known) throw invalid(RESTARTED);
    if (method === 'end') this.#runs.delete(run);
    // Not checked further: the caller has the secret, and TypeScript has checked the arguments there.
    return Reflect.apply(known[method], known, args);
  }

  async #start(run: string, name: string | undefined): Promise<Started> {
    const [only] = this.#sessions.keys();
    const chosen = name ?? (this.#sessions.size === 1 ? only : undefined);
    const internals = chosen === undefined ? undefined : this.#sessions.get(chosen);
    if (!internals) {
      const names = [...this.#sessions.keys()].join(', ');
      throw invalid(`the app has sessions named ${names}. Pass one of them to sessionFixtures`);
    }
    const started = new ControlRun(internals.options, await internals.openStore());
    this.#runs.set(run, started);
    return { cookieNames: started.cookieNames };
  }
}

function parseCall(text: string): ControlCall {
  let call: Partial<ControlCall> | null;
  try {
    call = JSON.parse(text);
  } catch {
    throw invalid('not JSON');
  }
  const { method, run, args } = call ?? {};
  const methods: readonly unknown[] = ['start', ...RUN_METHODS];
  if (methods.includes(method) && typeof run === 'string' && Array.isArray(args)) return call as ControlCall;
  throw invalid('unknown call. Use one version of next-app-session for app and tests');
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
    `startSessionTestServer cannot listen on ${LOOPBACK}:${port} (${PORT_VARIABLE}). Give each app its own ` +
      'port: controlBackend({ port }).',
    { cause },
  );
}
