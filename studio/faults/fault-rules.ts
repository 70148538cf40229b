import type { StoreOperation } from '../../src/events/session-event.js';
import type { FaultEffect, FaultRule } from '../seen/studio-state.js';

/** A call that is about to be sent. */
export interface FaultedCall {
  readonly operation: StoreOperation;
  readonly session: string | null;
}

/** The faults that the developer has asked for. All copies of the library in this process run with them. */
export class FaultRules {
  #rules: FaultRule[] = [];
  #lastId = 0;
  /** Lets the calls go on that wait for the store to thaw. Null while it is not frozen. */
  #frozen: { readonly until: Promise<void>; thaw(): void } | null = null;

  get rules(): readonly FaultRule[] {
    return this.#rules;
  }

  get isFrozen(): boolean {
    return this.#frozen !== null;
  }

  add(rule: Omit<FaultRule, 'id'>): void {
    this.#lastId += 1;
    this.#rules.push({ id: this.#lastId, ...rule });
  }

  remove(id: number): void {
    this.#rules = this.#rules.filter((rule) => rule.id !== id);
  }

  /** Lets no call through, as a store that hangs, until `thaw`. */
  freeze(): void {
    if (this.#frozen) return;
    let thaw = () => {};
    const until = new Promise<void>((resolve) => {
      thaw = resolve;
    });
    this.#frozen = { until, thaw };
  }

  /** Sends the calls that waited. Their requests may have given up long ago, as with a store that recovers. */
  thaw(): void {
    this.#frozen?.thaw();
    this.#frozen = null;
  }

  /** Returns what a call has to wait for before it is sent, or undefined if nothing. The promise rejects if the call has to fail. */
  apply(call: FaultedCall): Promise<void> | undefined {
    const effects = this.#take(call);
    return this.#frozen || effects.length > 0 ? this.#delayed(call, effects) : undefined;
  }

  async #delayed(call: FaultedCall, effects: readonly FaultEffect[]): Promise<void> {
    if (this.#frozen) await this.#frozen.until;
    for (const effect of effects) {
      if (effect.is === 'delay') await new Promise((resolve) => setTimeout(resolve, effect.ms));
    }
    if (effects.some(({ is }) => is === 'fail')) throw noConnection(call.operation);
  }

  /** Returns the effects for a call, and counts it. */
  #take({ operation, session }: FaultedCall): FaultEffect[] {
    const isMet = (rule: FaultRule) =>
      (rule.operation ?? operation) === operation && (rule.session ?? session) === session;
    const effects = this.#rules.filter(isMet).map(({ effect }) => effect);
    this.#rules = this.#rules
      .map((rule) => (isMet(rule) ? { ...rule, left: rule.left - 1 } : rule))
      .filter(({ left }) => left > 0);
    return effects;
  }
}

/** Not a class of this library: the app may have another copy of that, which would not know it. */
function noConnection(operation: StoreOperation): Error {
  return Object.assign(new Error(`connect ECONNREFUSED (by Session Studio, at ${operation})`), {
    code: 'ECONNREFUSED',
  });
}
