import type { StoreOperation } from '../events/session-event.js';
import { beginOperation, type Operation } from '../gateway/operation.js';
import type { RequestContext } from '../gateway/request-context.js';
import { callStore, ok } from '../gateway/store-call.js';
import { Deadline } from '../lib/deadline.js';
import type { ResolvedOptions } from '../options/options.js';
import { largestRead } from '../record/record-size.js';
import type { EntryKey, ReadOptions, UserIndex } from '../store-contract/store.js';
import { userIndexOf } from '../store-contract/user-index-of.js';

/** The calls of the store's index. */
export class IndexCalls {
  readonly context: RequestContext;
  readonly #options: ResolvedOptions;

  constructor(options: ResolvedOptions, context: RequestContext) {
    this.context = context;
    this.#options = options;
  }

  /** Each call has its own deadline, because a user may have many sessions. */
  async begin(): Promise<Operation> {
    return beginOperation(this.context, new Deadline(this.#options.storeTimeoutMs));
  }

  /** @param told the session keys that the store is told, which no error of it may show. */
  async run<T>(
    operation: Operation,
    name: StoreOperation,
    user: string,
    run: (users: UserIndex<object>, options: ReadOptions) => T | Promise<T>,
    told: readonly string[] = [],
  ): Promise<T> {
    const users = userIndexOf(operation.open.store);
    const maxBytes = largestRead(this.#options.maxBytes);
    return callStore(
      operation,
      name,
      { key: user, told },
      {
        send: (_, options) => run(users, { maxBytes, ...options }),
        judge: ok,
      },
    );
  }

  /**
   * Removes keys whose records are deleted. A failure leaves keys that lead to nothing: the next list finds no record for them.
   *
   * @param keepRecent whether to leave entries alone that got a key within the last minute.
   * @returns false if that failed.
   */
  async remove(user: string, keys: readonly EntryKey[], keepRecent = false): Promise<boolean> {
    if (keys.length === 0) return true;
    try {
      const operation = await this.begin();
      await this.run(operation, 'unindex', user, (users, options) =>
        users.remove(user, keys, { ...options, keepRecent }),
      );
      return true;
    } catch {
      return false;
    }
  }
}
