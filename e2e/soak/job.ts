/** How a process reaches the store. */
export type Target =
  | { readonly store: 'memory' }
  | { readonly store: 'redis'; readonly port: number }
  | { readonly store: 'redis-cluster'; readonly ports: readonly number[] }
  | { readonly store: 'redis-sentinel'; readonly ports: readonly number[]; readonly name: string }
  | { readonly store: 'postgresql'; readonly connection: SqlAddress }
  | { readonly store: 'mariadb'; readonly connection: SqlAddress }
  | { readonly store: 'sqlite'; readonly path: string };

export type StoreName = Target['store'];

export interface SqlAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
}

/** A bug that a test plants in the store, to see that the soak finds it. */
export type Bug =
  | 'acknowledges a write that it loses'
  | 'swaps whatever the version is'
  | 'brings back what was destroyed'
  | 'reads what was there before';

/** How many sessions there are at a time: few, so that the processes meet. */
export const SLOTS = 8;

/** What differs from one app to another. */
export interface AppKind {
  /** Whether an ID can be read for a while after it was replaced. */
  readonly hasGrace: boolean;
  readonly isSealed: boolean;
}

/** What the parent asks of a process, once. */
export interface Job {
  readonly target: Target;
  readonly app: AppKind;
  readonly seed: string;
  /** The name of the process. No other one has it, also not the one that is started after it was killed. */
  readonly name: string;
  readonly clients: number;
  readonly journal: string;
  /** What the slots hold. */
  readonly slots: readonly (Shared | null)[];
  /** Whether it makes the tables of the store first. */
  readonly prepares: boolean;
  readonly bug?: Bug;
}

/** A session that all processes may use. */
export interface Shared {
  readonly session: string;
  readonly cookie: string;
  readonly isBrief: boolean;
}

/** From the parent: the job; what another process has put into a slot; the end. */
export type ToProcess =
  | { readonly job: Job }
  | { readonly slot: number; readonly shared: Shared }
  | { readonly stop: true };

/** To the parent: it is ready; how many operations have ended; what it has put into a slot. */
export type FromProcess =
  | { readonly ready: true }
  | { readonly done: number }
  | { readonly slot: number; readonly shared: Shared };
