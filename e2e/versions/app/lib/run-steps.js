import { domainSession } from './domain-session';
import { session } from './session';

/**
 * What a test asks for: `[['set', 'n', 1], ['get', 'n']]`, one after another or all at once, with the session of
 * `here`: nothing, a request, or a request and its response.
 */
export async function runSteps({ steps, atOnce = false }, ...here) {
  if (atOnce) return Promise.all(steps.map((step) => runStep(step, here)));
  const results = [];
  for (const step of steps) results.push(await runStep(step, here));
  return results;
}

/** For a value that is fresh from ten on. */
const TO_TEN = { isFresh: (n) => n >= 10, renew: async (n) => n + 10 };

async function runStep([method, ...args], here) {
  try {
    if (method === 'wait') return await new Promise((resolve) => setTimeout(resolve, args[0], null));
    if (method === 'user') return await runOfUser(args, here);
    if (method === 'ofDomain') return await runOfDomain(args, here);
    const current = session(...here);
    if (method === 'increment') return await current.update((data) => ({ ...data, n: (data.n ?? 0) + 1 }));
    if (method === 'toTen') return await current.refresh('n', TO_TEN);
    if (method === 'signIn') return await current.regenerate((data) => ({ ...data, user: args[0] }));
    return (await current[method](...args)) ?? null;
  } catch (error) {
    if (!error.code) throw error;
    return { code: error.code, message: error.message };
  }
}

/** Of `['user', 'ada', 'revokeAll']`, for instance. */
function runOfUser([user, method, ...args], here) {
  return session.user(user, ...here)[method](...args);
}

async function runOfDomain([method, ...args], here) {
  return (await domainSession(...here)[method](...args)) ?? null;
}
