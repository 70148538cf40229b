// The entry of SqlStore for the Edge runtime (export condition "edge-light"): see edge.ts.

/**
 * Accepts any options, so that a module that sets up sessions can be imported on the Edge runtime. No session gets as
 * far as its store there.
 */
export class SqlStore {
  /** Does nothing there. */
  async migrate(): Promise<void> {}

  /** Does nothing there. */
  async prune(): Promise<number> {
    return 0;
  }
}
