import type { ServerResponse } from 'node:http';
import { invalid } from './calls.js';
import type { Studio } from './studio.js';

/** The hosts under which a browser has the studio too. */
const OWN_HOST = /^(localhost|127\.0\.0\.1)(?=:|$)/;

/** Returns the address of a one-time link that opens the app as a session. */
export function openLink(
  { links, sessions, observer }: Studio,
  handle: string,
  port: number,
): { url: string } {
  if (sessions.idOf(handle) === undefined) {
    throw invalid(
      'this process has not seen the cookie of that session, and its ID cannot be found out from the store. Choose a session ' +
        'that a browser has used since the app started',
    );
  }
  const [host] = OWN_HOST.exec(observer.appAddress?.host ?? '') ?? [];
  if (host === undefined) {
    throw invalid('open the app on localhost first: the studio can set its cookie for that host alone');
  }
  // Browsers keep cookies by host, not by port (RFC 6265, 8.5).
  return { url: `http://${host}:${port}/open/${links.make(handle)}` };
}

/** Gives the browser the cookie of the session that a link stands for, and sends it to the app. */
export async function openApp(
  { links, desk, observer }: Studio,
  code: string,
  response: ServerResponse,
): Promise<void> {
  const handle = links.take(code);
  const cookie = handle === undefined ? null : await desk.cookieOf(handle);
  if (cookie === null || !observer.appAddress) {
    throw invalid('the link was used, is older than a minute, or its session has ended. Make a new one');
  }
  const { protocol, host } = observer.appAddress;
  response.writeHead(303, {
    location: `${protocol}://${host}/`,
    'set-cookie': cookie,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
  });
  response.end();
}
