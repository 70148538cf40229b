// The entry of RedisStore for the Edge runtime (export condition "edge-light"): see edge.ts.

/**
 * Accepts any options, so that a module that sets up sessions can be imported on the Edge runtime. No session gets as
 * far as its store there.
 */
export class RedisStore {}
