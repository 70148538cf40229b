// Visits that go on until they are stopped.

/** How many visits there are before the loops count as running. */
const WARM_UP = 3;

/** How many cookies of a browser are told: the current one, and those whose grace copies may still be there. */
const MAX_COOKIES = 12;

/** Lets timers and I/O of this process have their turn, though the store may answer without any. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

/**
 * Starts loops.
 *
 * @param visit one visit. Returns false if there is no sense in another.
 * @param result what `stop` returns.
 */
function startLoops(count, visit, result) {
  let isStopped = false;
  let visits = 0;
  let run;
  const running = new Promise((resolve) => {
    run = resolve;
  });
  const loop = async () => {
    while (!isStopped && (await visit())) {
      visits += 1;
      if (visits === WARM_UP) run();
      await turn();
    }
  };
  const ended = Promise.all(Array.from({ length: count }, loop)).then(run);
  const stop = async () => {
    isStopped = true;
    await ended;
    return result();
  };
  return { running, stop };
}

/**
 * One browser that asks for a page in several loops with one cookie jar, until nobody is signed in any more. It keeps no cookie
 * of a visitor who is not: a page that does not read first starts an anonymous session for an ID that is gone.
 */
export function loopBrowser(ask, { cookie, page, loops }) {
  const cookies = [cookie];
  const codes = {};
  const visit = async () => {
    const sent = cookies.at(-1);
    const answer = await ask(page, sent);
    codes[answer.code] = (codes[answer.code] ?? 0) + 1;
    if (answer.cookie && answer.user) cookies.push(answer.cookie);
    return answer.code !== 'ok' || answer.user !== null || sent !== cookies.at(-1);
  };
  return startLoops(loops, visit, () => ({ cookies: cookies.slice(-MAX_COOKIES), codes }));
}

/** New browsers, each of which signs in once: at its first visit, or in an anonymous session. */
export function loopSignIns(ask, { page, isFirstVisit, loops }) {
  const signIns = [];
  const visit = async () => {
    const before = isFirstVisit ? '' : (await ask('visit', '')).cookie;
    const device = `device-${signIns.length}`;
    const signIn = { device, code: '', cookies: [before] };
    signIns.push(signIn);
    const answer = await ask(page, before, device);
    signIn.code = answer.code;
    if (answer.cookie) signIn.cookies.push(answer.cookie);
    return true;
  };
  return startLoops(loops, visit, () => signIns);
}
