// An app whose sessions are revoked while its pages are asked for. Its pages run in this process, without a server or over
// HTTP. See revocation-process.mjs for the same app in another process.
import nextAppSession from 'next-app-session';

const pages = {
  look: async () => {},
  visit: (own) => own.set('n', 1),
  renew: (own) => own.regenerate(),
  /** Asks who is there first, as a page for signed-in users does. */
  'renew if signed in': async (own) => {
    if (await own.get('userId')) await own.regenerate();
  },
  'sign in by regenerate': (own, device) => own.regenerate((data) => ({ ...data, userId: 'ada', device })),
  'sign in by set': async (own, device) => {
    await own.set('device', device);
    await own.set('userId', 'ada');
  },
};

/** @param users how many users each session has: ada, and a second one named after the device. */
export function revocationApp(store, users = 1, name = 'revocation') {
  return nextAppSession({
    name,
    secret: 'a secret',
    store,
    user: ({ userId, device }) => (users === 1 ? userId : [userId, device && `on ${device}`]),
    listed: ({ device }) => ({ device: device ?? null }),
  });
}

/** Returns the request and the response of the Pages Router, with what the page has set as cookies. */
export function exchange(cookie) {
  const setCookies = [];
  const response = {
    headersSent: false,
    getHeader: () => setCookies,
    setHeader: (_name, values) => setCookies.splice(0, setCookies.length, ...values),
  };
  return { request: { headers: { cookie } }, response, setCookies };
}

/** Runs a page. Returns how it ended, and who is signed in at its end. */
export async function runPage(session, request, response, page, device) {
  const own = session(request, response);
  const code = await pages[page](own, device).then(
    () => 'ok',
    (error) => error.code ?? String(error),
  );
  const user = code === 'ok' ? await own.get('userId') : null;
  return { code, user };
}

/** Asks for a page in this process. */
export async function ask(session, page, cookie, device) {
  const { request, response, setCookies } = exchange(cookie);
  const answer = await runPage(session, request, response, page, device);
  return withCookie(answer, setCookies);
}

/** Adds the cookie that the browser has after an answer, if the answer sets one. An error must not set any. */
export function withCookie({ code, user }, [setCookie]) {
  const cookie = setCookie?.split(';')[0] ?? null;
  return { code: code !== 'ok' && cookie ? `${code}, with a cookie` : code, user, cookie };
}
