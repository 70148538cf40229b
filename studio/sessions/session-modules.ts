import type { ResolvedOptions } from '../../src/options/options.js';
import type { SessionInternals } from '../../src/session-internals.js';
import type { Store } from '../../src/store-contract/store.js';

/** How the app sets one of its sessions up. */
export interface SessionModule {
  readonly options: ResolvedOptions;
  /** Returns the store that the app's requests use, without the studio around it. */
  openStore(): Promise<Store<object>>;
}

/** The sessions of the app, by the name of their cookie. After a hot reload, that of the module that ran last counts. */
export class SessionModules {
  readonly #byName = new Map<string, SessionModule>();

  get all(): readonly SessionModule[] {
    return [...this.#byName.values()];
  }

  find(name: string): SessionModule | undefined {
    return this.#byName.get(name);
  }

  /** Adds what `startSessionStudio` was given. */
  add({ options, openStore }: SessionInternals): void {
    this.#set({ options, openStore });
  }

  /** Records with which options and store a request runs. */
  update(options: ResolvedOptions, store: Store<object>): void {
    if (this.#byName.get(options.name)?.options === options) return;
    this.#set({ options, openStore: async () => store });
  }

  #set(sessionModule: SessionModule): void {
    this.#byName.set(sessionModule.options.name, sessionModule);
  }
}
