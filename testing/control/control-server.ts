import { SessionError } from '../../src/lib/errors.js';
import type { JsonObject } from '../../src/lib/json.js';
import { warnOnce } from '../../src/lib/warnings.js';
import { LOOPBACK } from '../../src/local-server/local-access.js';
import { LocalServer } from '../../src/local-server/local-server.js';
import type { NextAppSession } from '../../src/next-app-session.js';
import { internalsOf, type SessionInternals } from '../../src/session-internals.js';
import {
  type ControlCall,
  PORT_VARIABLE,
  RUN_METHODS,
  SECRET_VARIABLE,
  type Started,
} from './control-protocol.js';
import { ControlRun } from './control-run.js';
import { followRuns } from './request-runs.js';

const NAME = 'Session test server';

const OTHER_SECRET =
  'the app was started with another secret, perhaps by another run of Playwright. Stop it, or set ' +
  `${SECRET_VARIABLE} for both`;

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
  readonly #server: LocalServer;
  readonly #sessions = new Map<string, SessionInternals>();
  readonly #runs = new Map<string, ControlRun>();

  constructor(secret: string) {
    this.#server = new LocalServer({
      name: NAME,
      code: 'ERR_SESSION_TESTING',
      secret,
      wrongSecretHint: OTHER_SECRET,
      callOf: () => (call) => this.#run(checkedCall(call)),
      opened: warnOfServer,
    });
    followRuns(this.#runs);
  }

  add(internals: SessionInternals): void {
    this.#sessions.set(internals.options.name, internals);
  }

  async listen(port: number): Promise<void> {
    await this.#server.listen([port]).catch((cause) => {
      throw notOpened(port, cause);
    });
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

function warnOfServer(port: number): void {
  warnOnce(
    `the session test server listens on ${LOOPBACK}:${port}, since ${SECRET_VARIABLE} is set. Anybody who has that secret ` +
      'can sign in as every user: it is for tests, and must not run in production.',
    'e2e.md#how-the-app-is-kept-safe',
  );
}

function checkedCall(call: JsonObject): ControlCall {
  const { method, run, args } = call;
  const methods: readonly unknown[] = ['start', ...RUN_METHODS];
  if (methods.includes(method) && typeof run === 'string' && Array.isArray(args))
    return { method, run, args } as ControlCall;
  throw invalid('unknown call. Use one version of next-app-session for app and tests');
}

function invalid(why: string): SessionError {
  return new SessionError('ERR_SESSION_TESTING', `${NAME}: ${why}.`);
}

function notOpened(port: number, cause: unknown): SessionError {
  return new SessionError(
    'ERR_SESSION_TESTING',
    `startSessionTestServer cannot listen on ${LOOPBACK}:${port} (${PORT_VARIABLE}). Give each app its own ` +
      'port: controlBackend({ port }).',
    { cause },
  );
}
