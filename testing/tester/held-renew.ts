import type { RefreshHooks, RenewCall } from '../../src/gateway/request-context.js';

/** A call of `renew` that ends when the test says so. `holdRenew` of a tester makes it. */
export class HeldRenew<Renewed = unknown> {
  /** @internal */
  readonly key: string;
  /** Whether it has taken a call over. @internal */
  isTaken = false;
  /** Whether the test has ended it. @internal */
  isEnded = false;
  #callers = 0;
  #watchers: { readonly callers: number; readonly tell: () => void }[] = [];
  #end = (_: (call: RenewCall) => unknown): void => {};
  readonly #ending = new Promise<(call: RenewCall) => unknown>((resolve) => {
    this.#end = resolve;
  });

  /** @internal */
  constructor(key: string) {
    this.key = key;
  }

  /**
   * Resolves when one caller has the lease and would call `renew`, and all of these callers wait for it.
   *
   * @param callers how many. @default 1
   */
  called(callers = 1): Promise<void> {
    return new Promise((resolve) => {
      this.#watchers.push({ callers, tell: resolve });
      this.#tell();
    });
  }

  /**
   * Lets the call end. May come before the call.
   *
   * @param value what it returns. Left out, the app's own `renew` runs.
   */
  end(...value: [value?: Renewed]): void {
    this.#endWith(value.length > 0 ? () => value[0] : ({ run }) => run());
  }

  /** Lets the call fail with an error, as it would if the provider refused. */
  fail(error: unknown): void {
    this.#endWith(() => Promise.reject(error));
  }

  /** Lets the call run out of time now: its signal is aborted, and all who wait get ERR_SESSION_REFRESH. */
  timeOut(): void {
    this.#endWith(({ timeOut }) => Promise.reject(timeOut()));
  }

  /** Takes over a call. @internal */
  async take(call: RenewCall): Promise<unknown> {
    this.isTaken = true;
    this.#tell();
    return (await this.#ending)(call);
  }

  /** Counts one more caller who waits. @internal */
  addCaller(): void {
    this.#callers += 1;
    this.#tell();
  }

  #endWith(how: (call: RenewCall) => unknown): void {
    this.isEnded = true;
    this.#end(how);
  }

  #tell(): void {
    if (!this.isTaken) return;
    this.#watchers = this.#watchers.filter(({ callers, tell }) => {
      if (callers > this.#callers) return true;
      tell();
      return false;
    });
  }
}

/** The calls of `renew` that a test holds. */
export class HeldRenewals {
  readonly #held: HeldRenew[] = [];

  hold(key: string): HeldRenew {
    const held = new HeldRenew(key);
    this.#held.push(held);
    return held;
  }

  /** Returns what to do with calls of `refresh`. Those that are not held are left to what the tester runs in. */
  over(outer: RefreshHooks | undefined): RefreshHooks {
    return {
      onWait: (key) => {
        this.#held.find((held) => held.key === key && !(held.isTaken && held.isEnded))?.addCaller();
        outer?.onWait(key);
      },
      aroundRenew: (call) => {
        const held = this.#held.find(({ key, isTaken }) => key === call.key && !isTaken);
        return held ? held.take(call) : (outer?.aroundRenew(call) ?? call.run());
      },
    };
  }
}
