import { session } from './session';
import { isFresh, renew } from './tokens';

// For all copies of this module in the process.
globalThis.refreshes ??= { underWay: 0 };

/** Refreshes the tokens. Returns what came of it, and how many milliseconds it took. */
export async function outcome({ timeout = '10' } = {}, ...request) {
  const start = performance.now();
  const pid = process.pid;
  globalThis.refreshes.underWay += 1;
  try {
    const options = { isFresh, renew, timeout: Number(timeout) };
    const tokens = await session(...request).refresh('tokens', options);
    return { pid, token: tokens?.accessToken ?? null, ms: performance.now() - start };
  } catch (error) {
    // Next's own, by which it puts a render off.
    if (!error.code) throw error;
    const { code, cause } = error;
    return { pid, code, cause: { name: cause?.name, code: cause?.code }, ms: performance.now() - start };
  } finally {
    globalThis.refreshes.underWay -= 1;
  }
}
