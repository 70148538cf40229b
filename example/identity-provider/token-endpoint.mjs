import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

const ADMIN = '/__admin';
const NO_FAULTS = { before: 0, after: 0, failures: 0 };
const NO_CALLS = { asked: 0, granted: 0, refused: 0, unavailable: 0, dropped: 0 };

/**
 * Counts the calls of a provider's token endpoint, and makes its refreshes slow or fail. Other processes reach it at
 * `/__admin`: GET returns the counts, PUT sets the faults, DELETE resets both.
 */
export class TokenEndpoint {
  #faults = NO_FAULTS;
  #calls = new Map();
  #held = new Map();

  /** Returns how often each grant type was asked for since the start or the reset, and what came of it. */
  calls() {
    const counted = (grant) => ({ ...NO_CALLS, ...this.#calls.get(grant) });
    return { authorization_code: counted('authorization_code'), refresh_token: counted('refresh_token') };
  }

  setFaults(faults) {
    this.#faults = { ...NO_FAULTS, ...faults };
  }

  /** Stops refreshes `before` the token is consumed or `after` it, until the function that is returned is called. */
  hold(when) {
    let open;
    const gate = new Promise((resolve) => {
      open = resolve;
    });
    this.#held.set(when, { gate, open });
    return () => {
      this.#held.delete(when);
      open();
    };
  }

  reset() {
    this.#faults = NO_FAULTS;
    this.#calls.clear();
    for (const { open } of this.#held.values()) open();
    this.#held.clear();
  }

  /** Answers `/__admin`, and stands before the token endpoint: a middleware of Koa. */
  middleware = async (ctx, next) => {
    if (ctx.path === ADMIN) return this.#administer(ctx);
    if (ctx.path !== '/token' || ctx.method !== 'POST') return next();
    const grant = await grantType(ctx.req);
    const isRefresh = grant === 'refresh_token';
    this.#count(grant, 'asked');
    // The response closes early if its caller dies or gives up.
    if (isRefresh) await Promise.race([this.#pause('before'), once(ctx.res, 'close')]);
    this.#count(grant, await this.#answer(ctx, next, isRefresh));
    if (isRefresh) await this.#pause('after');
  };

  #pause(when) {
    return Promise.all([sleep(this.#faults[when]), this.#held.get(when)?.gate]);
  }

  /** Returns the outcome. */
  async #answer(ctx, next, isRefresh) {
    // Nobody would get the new token.
    if (ctx.res.closed) return 'dropped';
    if (isRefresh && this.#fails()) {
      ctx.status = 503;
      ctx.body = { error: 'temporarily_unavailable' };
      return 'unavailable';
    }
    await next();
    return ctx.status === 200 ? 'granted' : 'refused';
  }

  #fails() {
    const { failures } = this.#faults;
    if (failures > 0) this.#faults = { ...this.#faults, failures: failures - 1 };
    return failures > 0;
  }

  #count(grant, what) {
    const counts = this.#calls.get(grant) ?? { ...NO_CALLS };
    counts[what] += 1;
    this.#calls.set(grant, counts);
  }

  async #administer(ctx) {
    if (ctx.method === 'PUT') this.setFaults(JSON.parse(await peek(ctx.req)));
    if (ctx.method === 'DELETE') this.reset();
    ctx.body = this.calls();
  }
}

async function grantType(request) {
  return new URLSearchParams(await peek(request)).get('grant_type');
}

/** Reads the body of a request, and leaves it to whoever reads it next: the provider. */
async function peek(request) {
  const length = Number(request.headers['content-length'] ?? 0);
  while (request.readableLength < length) await once(request, 'readable');
  const body = request.read(length) ?? Buffer.alloc(0);
  request.unshift(body);
  return body.toString();
}
