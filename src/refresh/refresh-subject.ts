/** The value that a caller of `refresh` needs, and how to renew it. */
export interface RefreshSubject {
  readonly key: string;
  /** How long `renew` may take, in milliseconds. */
  readonly timeoutMs: number;
  /**
   * Returns whether a value is fresh. The app's own function gets a copy of it.
   *
   * @throws IsFreshFailed if that function throws.
   */
  isFresh(value: unknown): boolean;
  /** Returns the new value. The app's own function gets a copy of the old one. */
  renew(value: unknown, signal: AbortSignal): Promise<unknown>;
}

/** Tells that the app's own `isFresh` threw. The app gets what it threw, and telemetry nothing of that: it may hold data. */
export class IsFreshFailed extends Error {
  readonly thrown: unknown;

  constructor(thrown: unknown) {
    super('isFresh threw.');
    this.thrown = thrown;
  }
}

/** Throws what the app's own `isFresh` threw, or any other error as it is. */
export function throwIsFreshError(error: unknown): never {
  throw error instanceof IsFreshFailed ? error.thrown : error;
}
