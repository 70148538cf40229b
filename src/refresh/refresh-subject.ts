/** The value that a caller of `refresh` needs, and how to renew it. */
export interface RefreshSubject {
  readonly key: string;
  /** How long `renew` may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Returns whether a value is fresh. Throws what the app's own function throws, which gets a copy of the value. */
  isFresh(value: unknown): boolean;
  /** Returns the new value. The app's own function gets a copy of the old one. */
  renew(value: unknown, signal: AbortSignal): Promise<unknown>;
}
