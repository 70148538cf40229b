// The entry for the Edge runtime (export condition "edge-light"). Next compiles instrumentation.ts for that too, and a build stops at
// a module of Node.

/** Does nothing on the Edge runtime: the Node.js runtime of the app opens the studio. */
export async function startSessionStudio(): Promise<void> {}
