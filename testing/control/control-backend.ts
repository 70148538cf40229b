import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { SessionError, type SessionErrorCode } from '../../src/lib/errors.js';
import { LOOPBACK } from '../../src/local-server/local-access.js';
import { internalsOf } from '../../src/session-internals.js';
import type { BackendConnection, BackendRun, SessionBackend } from '../backend/session-backend.js';
import { checkTestOptions } from '../store/misuse.js';
import {
  type ControlCall,
  type ControlReply,
  PORT_VARIABLE,
  RUN_HEADER,
  RUN_METHODS,
  SECRET_VARIABLE,
  type Started,
} from './control-protocol.js';

/** Options of `controlBackend`. */
export interface ControlBackendOptions {
  /**
   * The port of the app's test server. Each app in `webServer` needs its own.
   * @default `NEXT_APP_SESSION_TEST_PORT`, else a random one
   */
  readonly port?: number | undefined;
}

/** A backend that reaches sessions through the app itself. */
export interface ControlBackend extends SessionBackend {
  /** The environment variables that the app needs. Pass them as Playwright's `webServer.env`. */
  readonly env: Readonly<Record<string, string>>;
}

const INHERITED_VARIABLE = 'NEXT_APP_SESSION_PLAYWRIGHT';

/** Below the ports that systems use for outgoing connections: Linux from 32768, others from 49152. */
const PORTS = [20_000, 32_000] as const;

/**
 * Makes a backend that reaches sessions through the app itself, with any store. The app has to call
 * `startSessionTestServer(session)` in its `instrumentation.ts`.
 *
 * Call this in `playwright.config.ts`, so that the app is started with its `env`, and again for
 * `sessionFixtures`: Playwright's workers get the same secret and port.
 *
 * @returns the `backend` for `sessionFixtures`. Before each test, it throws `ERR_SESSION_TESTING` if no test
 * server answers, or if the app's server has another secret.
 * @example
 * webServer: { command: 'npm start', url: 'http://localhost:3000', env: controlBackend().env }
 */
export function controlBackend(options: ControlBackendOptions = {}): ControlBackend {
  checkTestOptions('controlBackend', options, ['port']);
  const { secret, port: common } = address();
  const port = options.port ?? common;
  return {
    env: { [SECRET_VARIABLE]: secret, [PORT_VARIABLE]: String(port) },
    async connect({ name, session }): Promise<BackendConnection> {
      const client = new ControlClient(port, secret);
      const chosen = internalsOf(session)?.options.name ?? [name].flat()[0];
      return { startRun: () => startRun(client, chosen), close: async () => {} };
    },
  };
}

interface Address {
  readonly secret: string;
  readonly port: number;
}

/** Returns the same address in Playwright's main process and its workers. The app's variables win if set. */
function address(): Address {
  const inherited = process.env[INHERITED_VARIABLE];
  const own: Address = inherited ? JSON.parse(inherited) : newAddress();
  // Not in the app's own variables: every app in webServer would inherit them, and so use one port.
  process.env[INHERITED_VARIABLE] = JSON.stringify(own);
  const { [SECRET_VARIABLE]: secret = own.secret, [PORT_VARIABLE]: port = own.port } = process.env;
  return { secret, port: Number(port) };
}

function newAddress(): Address {
  return { secret: randomBytes(32).toString('base64url'), port: randomInt(...PORTS) };
}

async function startRun(client: ControlClient, name: string | undefined): Promise<BackendRun> {
  const run = randomUUID();
  const { cookieNames } = (await client.call({ method: 'start', run, args: [name ?? null] })) as Started;
  const methods = RUN_METHODS.map((method) => [
    method,
    (...args: unknown[]) => client.call({ method, run, args }),
  ]);
  return { cookieNames, headers: { [RUN_HEADER]: run }, ...Object.fromEntries(methods) };
}

/** Sends calls to the control server. */
class ControlClient {
  readonly #port: number;
  readonly #secret: string;

  constructor(port: number, secret: string) {
    this.#port = port;
    this.#secret = secret;
  }

  async call(call: ControlCall): Promise<unknown> {
    const reply = await this.#send(JSON.stringify(call));
    if ('result' in reply) return reply.result;
    throw new SessionError(reply.error.code as SessionErrorCode, reply.error.message);
  }

  async #send(body: string): Promise<ControlReply> {
    const headers = { authorization: `Bearer ${this.#secret}`, 'content-type': 'application/json' };
    try {
      const response = await fetch(`http://${LOOPBACK}:${this.#port}`, { method: 'POST', headers, body });
      return (await response.json()) as ControlReply;
    } catch (cause) {
      throw new SessionError(
        'ERR_SESSION_TESTING',
        `No session test server answers on ${LOOPBACK}:${this.#port}. Call startSessionTestServer(session) ` +
          "in the app's instrumentation.ts, and controlBackend() in playwright.config.ts, with its env as " +
          'webServer.env.',
        { cause },
      );
    }
  }
}
