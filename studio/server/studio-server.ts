import { randomBytes } from 'node:crypto';
import { SessionError } from '../../src/lib/errors.js';
import { LOOPBACK } from '../../src/local-server/local-access.js';
import { LocalServer } from '../../src/local-server/local-server.js';
import { overrideRequests } from '../../src/local-server/request-overrides.js';
import type { NextAppSession } from '../../src/next-app-session.js';
import { internalsOf, type SessionInternals } from '../../src/session-internals.js';
import { callOf } from './api.js';
import { sendPage } from './page.js';
import { Studio } from './studio.js';

/** Below the ports that systems use for outgoing connections. */
const DEFAULT_PORT = 5577;

const OPENED = Symbol.for('next-app-session.studio');

/**
 * Shows a session in the studio. Opens that at the first call.
 *
 * @param port of the page; undefined for the default.
 * @param appUrl where the browser has the app, if the app says so.
 */
export async function openStudio<Data extends object, Listed extends object>(
  session: NextAppSession<Data, Listed>,
  port: number | undefined,
  appUrl: string | undefined,
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
  readonly #server = new LocalServer({
    name: 'Session Studio',
    code: 'ERR_SESSION_STUDIO',
    secret: this.#token,
    wrongSecretHint: 'open the address that the app printed when it started',
    sendPage,
    callOf: (path) => callOf(this.#studio, path),
    opened: (port) => this.#open(port),
  });

  add(internals: SessionInternals, appUrl: string | undefined): void {
    this.#studio.modules.add(internals);
    if (appUrl !== undefined) this.#studio.address.give(appUrl);
  }

  async listen(port: number | undefined): Promise<void> {
    const ports = port === undefined ? [DEFAULT_PORT, 0] : [port];
    await this.#server.listen(ports).catch((cause) => {
      throw new SessionError(
        'ERR_SESSION_STUDIO',
        `startSessionStudio cannot listen on ${LOOPBACK}, port ${ports.join(' or ')}. Give it another port.`,
        { cause },
      );
    });
  }

  #open(port: number): void {
    overrideRequests((received) => this.#studio.observer.begin(received));
    // By its address: another program could listen on what `localhost` means to the browser.
    console.log(`next-app-session: Session Studio: http://${LOOPBACK}:${port}/#${this.#token}`);
  }
}
