/** How long calls of one kind took. */
export interface Latency {
  readonly operation: string;
  readonly outcome: string;
  /** How many calls there were. */
  readonly count: number;
  /** The rest is of the last thousand calls. In milliseconds. */
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
  /** How many calls took longer than the bound before and no longer than this one. */
  readonly buckets: readonly { readonly upTo: number; readonly count: number }[];
}
