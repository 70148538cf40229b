import { invalid } from './call-args.js';
import type { Studio } from './studio.js';

/** Returns the address of a one-time link that opens the app as a session. */
export async function openLink(
  { links, sessions, inspector, address }: Studio,
  handle: string,
): Promise<{ url: string }> {
  if (sessions.idOf(handle) === undefined) {
    throw invalid(
      'this process has not seen the cookie of that session, and its ID cannot be found out from the store. Choose a session ' +
        'that a browser has used since the app started',
    );
  }
  const cookie = await inspector.cookieOf(handle);
  if (cookie === null) throw invalid('that session has ended');
  if (address.url === undefined) {
    throw invalid(
      'open the app on localhost once, or give startSessionStudio its address: { appUrl: "https://app.test" }',
    );
  }
  return { url: links.make(cookie, address.url) };
}
